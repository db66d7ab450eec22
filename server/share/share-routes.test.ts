import { loadImage } from '@napi-rs/canvas';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { events, streams } from '../../db/schema';
import { createWebServer } from '../http/create-http-server';
import { makeEvent, makeStream } from '../realtime/realtime-fixture';
import { silentLogger, testEnv } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson } from '../testing/test-people';
import { shareRoutes } from './share-routes';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 60_000 });

const publicUrl = 'http://localhost:4321';
let database: TestDatabase;
let url: string;
let close: () => Promise<void>;
let ownerId: string;
let eventId: string;
let streamId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  const env = testEnv(database.url, { ZYZZ_PUBLIC_URL: publicUrl });
  const web = createWebServer({
    env,
    logger: silentLogger,
    routes: shareRoutes({ db: database.db, env }),
    pages: async (_request, response) => {
      response.end('a page');
    },
    pageUpgrades: null,
    nodeUrls: async () => [],
  });
  await web.listen(0, '127.0.0.1');
  const address = web.server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  close = web.close;
  ownerId = (await makePerson(database.db, 'Sabina Karki')).id;
  eventId = await makeEvent(database.db, ownerId);
  streamId = await makeStream(database.db, { eventId, ownerId, name: '"Ball" by <b>ball</b>' });
});

afterAll(async () => {
  await close?.();
  await database?.close();
});

async function oembed(page: string, more: Record<string, string> = {}) {
  const answer = await fetch(`${url}/oembed?${new URLSearchParams({ url: page, ...more })}`);
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

test.each([
  ['/watch/:id', () => `/watch/${streamId}`],
  ['/embed/:id', () => `/embed/${streamId}`],
  ['/event/:id?stream=', () => `/event/${eventId}?stream=${streamId}`],
  ['/event/:id of which someone is on air', () => `/event/${eventId}`],
])('%s embeds the player, by the configured address', async (_what, path) => {
  const { status, headers, body } = await oembed(publicUrl + path());
  expect(status).toBe(200);
  expect(headers.get('access-control-allow-origin')).toBe('*');
  expect(body).toMatchObject({
    version: '1.0',
    type: 'video',
    provider_url: publicUrl,
    author_name: 'Sabina Karki',
    width: 960,
    height: 540,
    thumbnail_width: 1200,
    thumbnail_url: expect.stringMatching(`^${publicUrl}/share/stream/${streamId}\\.jpg\\?v=`),
  });
  expect(body.html).toContain(`src="${publicUrl}/embed/${streamId}"`);
});

test('a name with quotes and markup stays inside its attribute', async () => {
  const { body } = await oembed(`${publicUrl}/watch/${streamId}`);
  expect(body.html).toContain('title="&quot;Ball&quot; by &lt;b&gt;ball&lt;/b&gt;: Nepal v Kenya"');
});

test.each([
  [{ maxwidth: '320' }, [320, 180]],
  [{ maxheight: '200' }, [355, 199]],
  [{ maxwidth: '400', maxheight: '90' }, [160, 90]],
  [{ maxwidth: '9999' }, [960, 540]],
])('%j is honoured, by frame and thumbnail', async (limits, size) => {
  const { body } = await oembed(`${publicUrl}/watch/${streamId}`, limits);
  expect([body.width, body.height]).toEqual(size);
  expect('thumbnail_url' in body).toBe(size[0] === 960);
});

test.each([
  ['another site', () => `https://evil.example/watch/${streamId}`],
  ['our address as a user name', () => `http://localhost:4321@evil.example/watch/${streamId}`],
  ['another port', () => `http://localhost:9/watch/${streamId}`],
  ['a page that holds no player', () => `${publicUrl}/settings`],
  ['an unknown stream', () => `${publicUrl}/watch/str_aaaaaaaaaaaa`],
  ['no address at all', () => 'watch'],
  ['javascript', () => 'javascript:alert(1)'],
])('%s is not found', async (_what, page) => {
  expect((await oembed(page())).status).toBe(404);
});

test('a private stream has no preview', async () => {
  const hidden = await makeStream(database.db, { eventId, ownerId, visibility: 'private' });
  expect((await oembed(`${publicUrl}/watch/${hidden}`)).status).toBe(404);
  expect((await fetch(`${url}/share/stream/${hidden}.jpg`)).status).toBe(404);
});

test('XML is not implemented; a wrong number or no url is a bad request that names its field', async () => {
  expect((await oembed(`${publicUrl}/watch/${streamId}`, { format: 'xml' })).status).toBe(501);
  expect((await oembed(`${publicUrl}/watch/${streamId}`, { format: 'json' })).status).toBe(200);
  const wide = await oembed(`${publicUrl}/watch/${streamId}`, { maxwidth: 'wide' });
  expect(wide).toMatchObject({ status: 400, body: { message: expect.stringMatching(/^maxwidth: /) } });
  const none = await fetch(`${url}/oembed`);
  expect(none.status).toBe(400);
  expect(await none.json()).toMatchObject({ message: expect.stringMatching(/^url: /) });
});

test('a hostile Host header changes nothing in the answer', async () => {
  const { body } = await oembed(`${publicUrl}/watch/${streamId}`);
  expect(JSON.stringify(body)).not.toContain(url);
});

test.each([
  ['stream', () => streamId],
  ['event', () => eventId],
])(
  'the picture of a %s is a JPEG that a bot gets whole, and may keep under its versioned address',
  async (kind, id) => {
    const answer = await fetch(`${url}/share/${kind}/${id()}.jpg`, {
      headers: { 'user-agent': 'facebookexternalhit/1.1' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    const jpeg = Buffer.from(await answer.arrayBuffer());
    expect(jpeg.byteLength).toBeLessThan(300 * 1024);
    expect((await loadImage(jpeg)).width).toBe(1200);
    const etag = answer.headers.get('etag') ?? '';
    const versioned = await fetch(`${url}/share/${kind}/${id()}.jpg?v=${etag.replaceAll('"', '')}`);
    expect(versioned.headers.get('cache-control')).toContain('immutable');
    const again = await fetch(`${url}/share/${kind}/${id()}.jpg`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
  },
);

test('the picture changes with what it shows', async () => {
  const etagOf = async () => (await fetch(`${url}/share/stream/${streamId}.jpg`)).headers.get('etag');
  const before = await etagOf();
  await database.db.update(streams).set({ state: 'ended', endedAt: new Date() }).where(eq(streams.id, streamId));
  const after = await etagOf();
  await database.db.update(events).set({ name: 'Another name' }).where(eq(events.id, eventId));
  expect(new Set([before, after, await etagOf()]).size).toBe(3);
});

test.each(['x.jpg', '..%2f..%2fetc%2fpasswd.jpg', 'str_aaaaaaaaaaaa.jpg', 'str_aaaaaaaaaaaa.png', 'str_aaaaaaaaaaaa'])(
  'the picture %s is not found',
  async (file) => {
    expect((await fetch(`${url}/share/stream/${file}`)).status).toBe(404);
  },
);
