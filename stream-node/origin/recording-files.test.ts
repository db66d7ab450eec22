import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StreamState } from '../contract/stream-state';
import { readMpd } from '../testing/listed-mpd';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream } from '../testing/synthetic-stream';
import { syntheticTake } from '../testing/synthetic-take';

const base = '/stream/str_synthetic234';
const file = `${base}/360p/tak_synthetic234.mp4`;
/** As the index says: an init section of 700 bytes and two segments of 1000. */
const indexed = Buffer.from(Array.from({ length: 2700 }, (_, index) => index % 251));
const unindexed = Buffer.from('a segment that is not synced yet');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zyzz-origin-'));
  await mkdir(join(folder, 'tak_synthetic234'));
  for (const rendition of ['360p', 'audio64']) {
    await writeFile(join(folder, 'tak_synthetic234', `${rendition}.mp4`), Buffer.concat([indexed, unindexed]));
  }
  await writeFile(join(folder, 'tak_synthetic234', 'index.jsonl'), '');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function start(options: { state?: StreamState; closed?: boolean; hasWindow?: boolean } = {}) {
  const stream = new SyntheticStream(options.hasWindow === false ? { renditions: [] } : {});
  if (options.hasWindow !== false) {
    stream.publishParts(8);
  }
  stream.state = options.state ?? 'ended';
  stream.recorded = { takes: [syntheticTake({ closed: options.closed ?? true })], folder };
  return { stream, server: await OriginServer.start([stream]) };
}

test('after the end index.m3u8 is the recording', async () => {
  const { server } = await start();
  await using _ = server;
  const { text, headers } = await server.ask(`${base}/index.m3u8`);
  expect(text).toContain('360p/recording.m3u8');
  expect(text).not.toContain('media.m3u8');
  expect(headers['cache-control']).toBe('public, max-age=0, s-maxage=60, must-revalidate');
  expect((await server.ask(`${base}/audio.m3u8`)).text).toContain('audio64/recording.m3u8');
  expect((await server.ask(`${base}/360p/recording.m3u8`)).text).toContain('#EXT-X-ENDLIST');
});

test('where the live window is gone with an earlier process, the recording stands in', async () => {
  const { server } = await start({ state: 'interrupted', hasWindow: false });
  await using _ = server;
  expect((await server.ask(`${base}/index.m3u8`)).text).toContain('360p/recording.m3u8');
  expect((await server.ask(`${base}/360p/media.m3u8`)).status).toBe(404);
});

test('while the stream is live index.m3u8 is the live one, and the recording has no end', async () => {
  const { server } = await start({ state: 'live', closed: false });
  await using _ = server;
  expect((await server.ask(`${base}/index.m3u8`)).text).toContain('360p/media.m3u8');
  const { text, headers } = await server.ask(`${base}/360p/recording.m3u8`);
  expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT');
  expect(text).not.toContain('ENDLIST');
  expect(headers['cache-control']).toBe('public, max-age=0, s-maxage=1, must-revalidate');
});

test('an ended stream whose last take is still being closed has no end yet, and has it once it is closed', async () => {
  const { server, stream } = await start({ closed: false });
  await using _ = server;
  expect((await server.ask(`${base}/360p/recording.m3u8`)).text).not.toContain('ENDLIST');
  stream.recorded = { takes: [syntheticTake()], folder };
  expect((await server.ask(`${base}/360p/recording.m3u8`)).text).toContain('ENDLIST');
});

test('a take left open by a crash does not keep the recording of an ended stream open', async () => {
  const { server } = await start({ closed: false, hasWindow: false });
  await using _ = server;
  expect((await server.ask(`${base}/360p/recording.m3u8`)).text).toContain('#EXT-X-ENDLIST');
});

test.each([
  ['bytes=0-699', indexed.subarray(0, 700), 'bytes 0-699/2700'],
  ['bytes=700-1699', indexed.subarray(700, 1700), 'bytes 700-1699/2700'],
  ['bytes=2600-', indexed.subarray(2600), 'bytes 2600-2699/2700'],
  ['bytes=2600-9999', indexed.subarray(2600), 'bytes 2600-2699/2700'],
  ['bytes=-100', indexed.subarray(2600), 'bytes 2600-2699/2700'],
])('%s of a take is a 206 with these bytes, never past the last segment in the index', async (range, bytes, said) => {
  const { server } = await start();
  await using _ = server;
  const { status, body, headers } = await server.ask(file, { headers: { range } });
  expect([status, headers['content-range'], headers['content-length']]).toEqual([206, said, String(bytes.length)]);
  expect(body.equals(bytes)).toBe(true);
});

test('without a range, and with one that is malformed or multiple, a take is sent whole', async () => {
  const { server } = await start();
  await using _ = server;
  for (const range of [undefined, 'bytes=5-2', 'bytes=0-1,5-6', 'pages=1']) {
    const { status, body, headers } = await server.ask(file, { headers: range ? { range } : {} });
    expect([status, body.equals(indexed), headers['accept-ranges']]).toEqual([200, true, 'bytes']);
  }
});

test('a range outside the take is a 416 that names its size', async () => {
  const { server } = await start();
  await using _ = server;
  const { status, headers, text } = await server.ask(file, { headers: { range: 'bytes=2700-' } });
  expect([status, headers['content-range'], JSON.parse(text).code]).toEqual([
    416,
    'bytes */2700',
    'range_not_satisfiable',
  ]);
});

test('If-Range with another version gives the whole take', async () => {
  const { server } = await start();
  await using _ = server;
  const { headers } = await server.ask(file, { method: 'HEAD' });
  const range = { range: 'bytes=0-9' };
  expect((await server.ask(file, { headers: { ...range, 'if-range': headers.etag ?? '' } })).status).toBe(206);
  expect((await server.ask(file, { headers: { ...range, 'if-range': '"older"' } })).status).toBe(200);
});

test('HEAD of a take has its size and no body', async () => {
  const { server } = await start();
  await using _ = server;
  const { status, headers, body } = await server.ask(file, { method: 'HEAD' });
  expect([status, headers['content-length'], headers['content-type'], body.length]).toEqual([
    200,
    '2700',
    'video/mp4',
    0,
  ]);
});

test('only names in the index open a file', async () => {
  const { server } = await start();
  await using _ = server;
  for (const path of ['360p/tak_otherone234.mp4', '480p/tak_synthetic234.mp4', '360p/index.jsonl', '360p/360p.mp4']) {
    expect([path, (await server.ask(`${base}/${path}`)).status]).toEqual([path, 404]);
  }
});

test('a take that was deleted meanwhile is a 404', async () => {
  const { server, stream } = await start();
  await using _ = server;
  stream.recorded = { takes: [syntheticTake()], folder: join(folder, 'gone') };
  expect((await server.ask(file)).status).toBe(404);
  expect(server.errors).toEqual([]);
});

test('bytes sent from disk are counted', async () => {
  const { server } = await start();
  await using _ = server;
  await server.ask(file, { headers: { range: 'bytes=0-699' } });
  await expect.poll(() => server.origin.bytesOut('str_synthetic234'), { timeout: 4000 }).toBe(700);
});

test('after the end manifest.mpd is the recording, whoever plays the live one gets it to its end, and all can be fetched', async () => {
  const { server } = await start();
  await using _ = server;
  const { text, headers } = await server.ask(`${base}/manifest.mpd`);
  expect(headers['content-type']).toBe('application/dash+xml');
  expect((await server.ask(`${base}/recording.mpd`)).text).toBe(text);
  expect((await server.ask(`${base}/live.mpd`)).text).toContain('type="dynamic"');
  const mpd = readMpd(text);
  expect(mpd.attributes.type).toBe('static');
  for (const { initUri, segments } of mpd.periods.flatMap(({ representations }) => representations)) {
    const init = await server.ask(`${base}/${initUri}`);
    expect(init.body.equals(indexed.subarray(0, 700))).toBe(true);
    const bodies = await Promise.all(segments.map(({ uri }) => server.ask(`${base}/${uri}`)));
    expect(Buffer.concat(bodies.map(({ body }) => body)).equals(indexed.subarray(700))).toBe(true);
    expect(bodies[0]?.headers['cache-control']).toBe('public, max-age=14400, immutable');
  }
  expect((await server.ask(`${base}/360p/tak_synthetic234-2.m4s`)).status).toBe(404);
  expect((await server.ask(`${base}/360p/tak_synthetic235-0.m4s`)).status).toBe(404);
});

test('of takes that play as one each segment comes from the file that has it, under the name of the first one', async () => {
  const { server, stream } = await start();
  await using _ = server;
  const initSha256 = 'ab'.repeat(32);
  const takeId = 'tak_laterone234';
  const second = Buffer.concat([indexed.subarray(0, 700), Buffer.alloc(2000, 'second')]);
  await mkdir(join(folder, takeId));
  for (const rendition of ['360p', 'audio64']) {
    await writeFile(join(folder, takeId, `${rendition}.mp4`), second);
  }
  const first = syntheticTake({ initSha256 });
  const startedAtMs = first.header.startedAtMs + 4000;
  const beginSeconds = { '360p': 5, audio64: 5 };
  stream.recorded = { takes: [first, syntheticTake({ takeId, startedAtMs, beginSeconds, initSha256 })], folder };
  const [period] = readMpd((await server.ask(`${base}/recording.mpd`)).text).periods;
  for (const { segments } of period?.representations ?? []) {
    const bodies = await Promise.all(segments.map(({ uri }) => server.ask(`${base}/${uri}`)));
    const whole = Buffer.concat(bodies.map(({ body }) => body));
    expect(whole.equals(Buffer.concat([indexed.subarray(700), second.subarray(700)]))).toBe(true);
  }
  expect((await server.ask(`${base}/360p/${takeId}-1.m4s`)).status).toBe(200);
  expect((await server.ask(`${base}/360p/tak_synthetic234-4.m4s`)).status).toBe(404);
});
