import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { presence, subscriptions, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { observedStream } from '../testing/test-node';
import { makePerson, type TestPerson } from '../testing/test-people';
import type { Counts } from './messages';
import { accepted, ask, makeEvent, makeStream, type RealtimeWeb, startRealtimeWeb } from './realtime-fixture';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let database: TestDatabase;
let web: RealtimeWeb;
let otherWeb: RealtimeWeb;
let owner: TestPerson;
let eventId: string;
let streamId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startRealtimeWeb(database.url);
  otherWeb = await startRealtimeWeb(database.url);
  owner = await makePerson(database.db, 'Sabina Karki');
});

afterAll(async () => {
  await web?.close();
  await otherWeb?.close();
  await database?.close();
});

/** A fresh event with one stream, and every count that a page on it hears. */
async function watched(): Promise<Counts[]> {
  eventId = await makeEvent(database.db, owner.id);
  streamId = await makeStream(database.db, { eventId, ownerId: owner.id });
  const page = await otherWeb.page();
  const heard: Counts[] = [];
  page.on('event:counts', (counts) => heard.push(counts));
  heard.push((await accepted(ask(page, 'event:join', { eventId }))).counts);
  return heard;
}

const becomes = (heard: Counts[], total: number) =>
  vi.waitFor(() => expect(heard.at(-1)?.total).toBe(total), { timeout: 12_000, interval: 50 });

test('fifty pages that come, leave and drop are counted right at every process and never below nobody', async () => {
  const heard = await watched();
  const fans = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const page = await (i % 2 ? web : otherWeb).page({ reconnection: false });
      const playbackId = newId('playback');
      await accepted(ask(page, 'playback:start', { streamId, playbackId }));
      return { page, playbackId };
    }),
  );
  await becomes(heard, 50);
  // a fifth stops, twice; a fifth closes; a fifth loses its line; a fifth says that it leaves, then goes; a fifth stays
  await Promise.all(
    fans.map(async ({ page, playbackId }, i) => {
      const host = i % 2 ? web : otherWeb;
      switch (i % 5) {
        case 0:
          await accepted(ask(page, 'playback:stop', { playbackId }));
          await accepted(ask(page, 'playback:stop', { playbackId }));
          break;
        case 1:
          page.disconnect();
          break;
        case 2:
          page.io.engine.close();
          break;
        case 3: {
          const body = JSON.stringify({ playbackId });
          const answer = await fetch(`${host.url}/api/playback/left`, { method: 'POST', body });
          expect(answer.status).toBe(204);
          page.disconnect();
          break;
        }
        default:
          await accepted(ask(page, 'playback:start', { streamId, playbackId }));
      }
    }),
  );
  await becomes(heard, 10);
  for (const { page } of fans) {
    page.disconnect();
  }
  await becomes(heard, 0);
  expect(heard.every(({ total, byStream }) => total >= 0 && total <= 50 && (byStream[streamId] ?? 0) === total)).toBe(
    true,
  );
});

test('a page that loses its line for a moment and names its playback again never leaves the count', async () => {
  const heard = await watched();
  const page = await web.page();
  const playbackId = newId('playback');
  await accepted(ask(page, 'playback:start', { streamId, playbackId }));
  await becomes(heard, 1);
  const since = heard.length;
  for (let i = 0; i < 3; i++) {
    const again = new Promise<void>((resolve) => page.once('connect', () => resolve()));
    page.io.engine.close();
    await again;
    await accepted(ask(page, 'playback:start', { streamId, playbackId }));
  }
  const second = await web.page();
  await accepted(ask(second, 'playback:start', { streamId, playbackId: newId('playback') }));
  await becomes(heard, 2);
  expect(heard.slice(since).every(({ total }) => total >= 1)).toBe(true);
});

test('what a dead process left behind is not counted, what a node saw of foreign players is', async () => {
  const heard = await watched();
  await database.db.insert(presence).values({
    webProcessId: 'dead',
    streamId,
    viewers: 1000,
    updatedAt: sql`now() - interval '30 seconds'`,
  });
  const second = await makeStream(database.db, {
    eventId,
    ownerId: owner.id,
    observed: observedStream('str_aaaaaaaaaaaa', { foreignViewers: 7 }),
  });
  const page = await web.page();
  await accepted(ask(page, 'playback:start', { streamId, playbackId: newId('playback') }));
  await becomes(heard, 8);
  expect(heard.at(-1)).toEqual({ eventId, total: 8, byStream: { [streamId]: 1, [second]: 7 } });
});

test('a process that ends takes its viewers off the count', async () => {
  const heard = await watched();
  const dying = await startRealtimeWeb(database.url);
  const page = await dying.page({ reconnection: false });
  await accepted(ask(page, 'playback:start', { streamId, playbackId: newId('playback') }));
  await becomes(heard, 1);
  await dying.close();
  await becomes(heard, 0);
});

test('a stream that is deleted while it plays takes nobody else off the count', async () => {
  const heard = await watched();
  const doomed = await makeStream(database.db, { eventId, ownerId: owner.id });
  const page = await web.page();
  await accepted(ask(page, 'playback:start', { streamId: doomed, playbackId: newId('playback') }));
  await accepted(ask(page, 'playback:start', { streamId, playbackId: newId('playback') }));
  await becomes(heard, 2);
  await database.db.execute(sql`delete from stream where id = ${doomed}`);
  await becomes(heard, 1);
  const other = await web.page();
  await accepted(ask(other, 'playback:start', { streamId, playbackId: newId('playback') }));
  await becomes(heard, 2);
});

test('who joins a stream while signed in is subscribed, once', async () => {
  await watched();
  const fan = await makePerson(database.db, 'Fan');
  const page = await web.page({ user: fan });
  for (let i = 0; i < 3; i++) {
    await accepted(ask(page, 'playback:start', { streamId, playbackId: newId('playback') }));
  }
  const rows = await database.db.select().from(subscriptions).where(eq(subscriptions.userId, fan.id));
  expect(rows).toHaveLength(1);
  await database.db.delete(users).where(eq(users.id, fan.id));
});

test.each([
  ['an unknown stream', { streamId: 'str_aaaaaaaaaaaa', playbackId: 'pbk_aaaaaaaaaaaa' }, 'not_found'],
  ['a playback id of another kind', { streamId: 'str_aaaaaaaaaaaa', playbackId: 'str_aaaaaaaaaaaa' }, 'bad_request'],
  ['no stream', { playbackId: 'pbk_aaaaaaaaaaaa' }, 'bad_request'],
])('a playback of %s is refused', async (_what, message, code) => {
  expect(await ask(await web.page(), 'playback:start', message)).toMatchObject({ ok: false, code });
});

test("another's private stream cannot be told from none; its owner can play it", async () => {
  await watched();
  const hidden = await makeStream(database.db, { eventId, ownerId: owner.id, visibility: 'private' });
  const message = { streamId: hidden, playbackId: newId('playback') };
  expect(await ask(await web.page(), 'playback:start', message)).toMatchObject({ code: 'not_found' });
  expect(await ask(await web.page({ user: owner }), 'playback:start', message)).toMatchObject({ ok: true });
});

test.each(['', '{}', 'garbage', '{"playbackId":"../x"}'])('a farewell of %j is refused', async (body) => {
  const answer = await fetch(`${web.url}/api/playback/left`, { method: 'POST', body });
  expect(answer.status).toBe(400);
});

test("a broadcaster is told how far behind their players are, by those of the event's pages alone", async () => {
  await watched();
  const booth = await web.page({ user: owner });
  const stranger = await web.page({ user: await makePerson(database.db, 'Fan') });
  const told: unknown[] = [];
  const toldStranger: unknown[] = [];
  booth.on('stream:delay', (delay) => told.push(delay));
  stranger.on('stream:delay', (delay) => toldStranger.push(delay));
  for (const page of [booth, stranger]) {
    await accepted(ask(page, 'event:join', { eventId }));
  }
  const playbackId = newId('playback');
  await accepted(ask(stranger, 'playback:start', { streamId, playbackId }));
  await accepted(ask(stranger, 'playback:delay', { playbackId, delayMs: 1234 }));
  await vi.waitFor(() => expect(told).toContainEqual({ streamId, medianMs: 1234, players: 1 }), 5000);
  // Players at another process count as well.
  for (const delayMs of [2000, 2500]) {
    const far = await otherWeb.page();
    const farId = newId('playback');
    await accepted(ask(far, 'playback:start', { streamId, playbackId: farId }));
    await accepted(ask(far, 'playback:delay', { playbackId: farId, delayMs }));
  }
  await vi.waitFor(() => expect(told).toContainEqual({ streamId, medianMs: 2000, players: 3 }), 10_000);
  expect(toldStranger).toEqual([]);
  const refused = await ask(stranger, 'playback:delay', { playbackId, delayMs: -5 });
  expect(refused).toMatchObject({ ok: false, code: 'bad_request' });
});
