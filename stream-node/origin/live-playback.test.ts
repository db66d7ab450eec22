import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { commentaryAudio, stereoAudio } from '../contract/ladder';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream, syntheticVideo } from '../testing/synthetic-stream';

const base = '/stream/str_synthetic234';
const playlist = `${base}/360p/media.m3u8`;

test('a blocked reload is answered when its part is published, with the playlist that has it', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const blocked = server.ask(`${playlist}?_HLS_msn=0&_HLS_part=2`);
  await server.untilWaiting(1);
  stream.publishParts(1);
  const { status, text, headers } = await blocked;
  expect(status).toBe(200);
  expect(text).toContain('URI="r-s0-0.2.m4s"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="r-s0-0.3.m4s"');
  expect(headers['cache-control']).toBe('public, max-age=12');
  expect(Number(headers['x-part-published-ms'])).toBeGreaterThan(Date.now() - 60_000);
  expect(server.origin.waiting()).toBe(0);
});

test('a reload that waits for a part past the end of its segment is answered with part 0 of the next', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(5);
  await using server = await OriginServer.start([stream]);
  const blocked = server.ask(`${playlist}?_HLS_msn=0&_HLS_part=6`);
  await server.untilWaiting(1);
  stream.publishParts(2);
  expect((await blocked).text).toContain('URI="r-s0-1.0.m4s",INDEPENDENT=YES');
});

test('a reload that waits for a segment is not answered before it is whole', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(1);
  await using server = await OriginServer.start([stream]);
  const blocked = server.ask(`${playlist}?_HLS_msn=0`);
  await server.untilWaiting(1);
  stream.publishParts(5);
  expect(server.origin.waiting()).toBe(1);
  stream.publishParts(1);
  expect((await blocked).text).toContain('#EXTINF:2,\nr-s0-0.m4s');
});

test('a position that is past is answered at once with the whole playlist, one too far ahead with 400', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(100);
  await using server = await OriginServer.start([stream]);
  const { text } = await server.ask(`${playlist}?_HLS_msn=1&_HLS_part=0`);
  expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:');
  expect(text).not.toContain('_HLS_');
  for (const query of ['_HLS_msn=19', '_HLS_msn=-1', '_HLS_msn=x', '_HLS_part=1', '_HLS_msn=16&_HLS_part=90']) {
    const refused = await server.ask(`${playlist}?${query}`);
    expect([query, refused.status, JSON.parse(refused.text).code]).toEqual([query, 400, 'bad_directive']);
    expect(refused.headers['cache-control']).toBe('no-store');
  }
});

test('whoever joins before the first segment is whole gets the playlist with it, for players take one of parts for empty', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(1);
  await using server = await OriginServer.start([stream]);
  const joining = server.ask(playlist);
  await server.untilWaiting(1);
  stream.publishParts(6);
  const { status, text } = await joining;
  expect([status, text.match(/^#EXTINF:.*/gm)?.length]).toEqual([200, 1]);
});

test('while nothing is published a blocked reload and a hinted part end in 503', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(8);
  stream.state = 'interrupted';
  await using server = await OriginServer.start([stream], { holdMaxMs: 40 });
  for (const path of [`${playlist}?_HLS_msn=1&_HLS_part=2`, `${base}/360p/r-s0-1.2.m4s`]) {
    const { status, text, headers } = await server.ask(path);
    expect([status, JSON.parse(text).code, headers['retry-after']]).toEqual([503, 'not_in_time', '1']);
  }
  expect((await server.ask(playlist)).status).toBe(200);
});

test('the end of the stream answers whoever waits, and directives are ignored from then on', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const blocked = server.ask(`${playlist}?_HLS_msn=0&_HLS_part=2`);
  await server.untilWaiting(1);
  stream.end();
  expect((await blocked).text).toContain('#EXT-X-ENDLIST');
  expect((await server.ask(`${playlist}?_HLS_part=nonsense`)).text).toContain('#EXT-X-ENDLIST');
});

test('a window that is taken away lets go of whoever waits', async () => {
  const stream = new SyntheticStream();
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const blocked = server.ask(`${playlist}?_HLS_msn=0&_HLS_part=2`);
  await server.untilWaiting(1);
  stream[Symbol.dispose]();
  expect((await blocked).status).toBe(503);
});

test('a client that goes away no longer waits', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const leaving = new AbortController();
  const blocked = server.ask(`${playlist}?_HLS_msn=0&_HLS_part=2`, { signal: leaving.signal });
  await server.untilWaiting(1);
  leaving.abort();
  await expect(blocked).rejects.toThrow();
  await server.untilWaiting(0);
  expect(server.errors).toEqual([]);
});

test('the hinted part is held until it is complete; no other part that does not exist is', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const hinted = server.ask(`${base}/360p/r-s0-0.2.m4s`);
  await server.untilWaiting(1);
  expect((await server.ask(`${base}/360p/r-s0-0.3.m4s`)).status).toBe(404);
  expect((await server.ask(`${base}/360p/r-s0-1.m4s`)).status).toBe(404);
  stream.publishParts(1);
  const { status, body, headers } = await hinted;
  expect([status, body]).toEqual([200, stream.window('360p')?.partBytes('r-s0-0.2.m4s')]);
  expect(headers).toMatchObject({
    'content-type': 'video/mp4',
    'cache-control': 'public, max-age=14400, immutable',
    'access-control-allow-origin': '*',
    'timing-allow-origin': '*',
  });
  expect(headers.vary).toBeUndefined();
});

test('a hinted part that another session replaces is a 404, not a wait', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const hinted = server.ask(`${base}/360p/r-s0-0.2.m4s`);
  await server.untilWaiting(1);
  stream.startSession(1000);
  expect((await hinted).status).toBe(404);
});

test('segments and init sections are served whole', async () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio] });
  stream.publishParts(7);
  await using server = await OriginServer.start([stream]);
  expect((await server.ask(`${base}/360p/r-s0-0.m4s`)).body).toEqual(stream.window('360p')?.segmentBytes('r-s0-0.m4s'));
  const init = await server.ask(`${base}/audio128/r-s0-init.mp4`);
  expect([init.text, init.headers['content-type']]).toEqual(['init of audio128', 'audio/mp4']);
});

test('the multivariant playlist waits for the first part of every rendition, the commentary one lists audio alone', async () => {
  using stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio, commentaryAudio] });
  await using server = await OriginServer.start([stream]);
  const early = server.ask(`${base}/index.m3u8`);
  await server.untilWaiting(3);
  stream.publishParts(2);
  expect((await early).text.match(/^[^#].*$/gm)).toEqual(['360p/media.m3u8']);
  expect((await server.ask(`${base}/audio.m3u8`)).text.match(/^[^#].*$/gm)).toEqual(['audio64/media.m3u8']);
});

test('a stream that has published nothing says so', async () => {
  using stream = new SyntheticStream({ renditions: [] });
  await using server = await OriginServer.start([stream]);
  for (const file of ['index.m3u8', 'audio.m3u8', 'recording.m3u8', 'recording-audio.m3u8']) {
    const { status, text, headers } = await server.ask(`${base}/${file}`);
    expect([status, JSON.parse(text).code, headers['retry-after']]).toEqual([404, 'not_started', '1']);
  }
});

test('thin-data mode costs a listener less than 1.1 times its media, heads of requests and answers included', async () => {
  // 64 kbit/s for ten minutes of window, the longest list that is usual.
  const partBytes = Math.round((64_000 / 8) * 0.512);
  using stream = new SyntheticStream({ renditions: [commentaryAudio], dvrWindowSeconds: 600, partBytes });
  stream.publishSegments(330);
  await using server = await OriginServer.start([stream]);
  const sockets: Socket[] = [];
  server.server.on('connection', (socket) => sockets.push(socket));
  const base = `/stream/${stream.streamId}`;
  const headers = { 'accept-encoding': 'gzip, deflate', 'user-agent': 'x'.repeat(110), accept: '*/*', origin: base };
  expect((await server.ask(`${base}/thin.m3u8`, { headers })).text).toContain('audio64/thin.m3u8');
  let mediaBytes = 0;
  for (let time = 0; time < 10; time += 1) {
    stream.publishSegments(3);
    const playlist = await server.ask(`${base}/audio64/thin.m3u8`, { headers });
    const uri = playlist.text.trim().split('\n').at(-1);
    const segment = await server.ask(`${base}/audio64/${uri}`, { headers });
    expect(segment.status).toBe(200);
    mediaBytes += segment.body.byteLength;
  }
  const wireBytes = sockets.reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0);
  // Joined segments of this sound have 11 or 12 parts.
  expect(mediaBytes).toBeGreaterThanOrEqual(10 * 11 * partBytes);
  expect(wireBytes / mediaBytes).toBeGreaterThan(1);
  expect(wireBytes / mediaBytes).toBeLessThan(1.1);
});

test('the first thin playlist is waited for, and its segments are those that the stream has', async () => {
  using stream = new SyntheticStream({ renditions: [commentaryAudio] });
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const base = `/stream/${stream.streamId}/audio64`;
  const held = server.ask(`${base}/thin.m3u8`);
  await server.untilWaiting(1);
  stream.publishSegments(3);
  const { status, text } = await held;
  expect([status, text.includes('r-s0-0-x3.m4s')]).toEqual([200, true]);
  const parts = await Promise.all([0, 1, 2].map((number) => server.ask(`${base}/r-s0-${number}.m4s`)));
  const joined = await server.ask(`${base}/r-s0-0-x3.m4s`);
  expect(joined.body.equals(Buffer.concat(parts.map(({ body }) => body)))).toBe(true);
  expect((await server.ask(`${base}/r-s0-9-x3.m4s`)).status).toBe(404);
});

test('the segment that is being published, and the next one, are held until they are whole; no later one is', async () => {
  using stream = new SyntheticStream();
  stream.publishParts(2);
  await using server = await OriginServer.start([stream]);
  const open = server.ask(`${base}/360p/r-s0-0.m4s`);
  await server.untilWaiting(1);
  stream.publishParts(5);
  expect((await open).body).toEqual(stream.window('360p')?.segmentBytes('r-s0-0.m4s'));
  stream.publishParts(5);
  const next = server.ask(`${base}/360p/r-s0-2.m4s`);
  await server.untilWaiting(1);
  expect((await server.ask(`${base}/360p/r-s0-3.m4s`)).status).toBe(404);
  stream.publishParts(7);
  expect((await next).body).toEqual(stream.window('360p')?.segmentBytes('r-s0-2.m4s'));
});
