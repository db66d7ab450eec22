import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../config';
import { newId } from '../contract/ids';
import { pieceCallPath } from '../contract/piece-uploads';
import { createLogger } from '../logger';
import { PieceBroadcaster } from '../testing/piece-broadcaster';
import { PieceMedia } from '../testing/piece-media';
import { TestWeb, testNodeSecret } from '../testing/test-web';
import { StreamNode } from './stream-node';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
const media = await PieceMedia.inNewFolder();
/** Pieces of one second that differ in every byte that matters. */
const pieces: Buffer[] = [];
let web: TestWeb;
let node: StreamNode;

beforeAll(async () => {
  for (const tone of [440, 550, 660]) {
    await media.make(`${tone}.mp4`, { seconds: 1, tone });
    pieces.push(await media.bytes(`${tone}.mp4`));
  }
  web = await TestWeb.start();
  const config = readConfig({
    ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir, STREAM_NODE_PORT: '0' },
    ...{ LOG_LEVEL: 'silent', STREAM_NODE_PIECE_WAIT_SECONDS: '4' },
  });
  node = await StreamNode.start(config, createLogger({ level: config.logLevel }));
  await web.snapshotWhere(() => true);
});

afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await web[Symbol.asyncDispose]();
  for (const folder of [dataDir, media.folder]) {
    await rm(folder, { recursive: true, force: true });
  }
});

async function broadcaster(): Promise<PieceBroadcaster> {
  return await PieceBroadcaster.of(web, node.publicUrl, newId('stream'));
}

function piece(index: number): Buffer {
  return pieces[index] ?? Buffer.alloc(0);
}

const filesOf = (streamId: string) => readdir(join(dataDir, 'pieces', streamId));

test('pieces that come out of order are listed once all before them are; the same again changes nothing, others are refused', async () => {
  const asha = await broadcaster();
  expect(await asha.upload(1, piece(1))).toMatchObject({ status: 200, success: true });
  expect(await asha.read('live.m3u8')).toBe('');
  expect(await asha.upload(0, piece(0))).toEqual({
    ...{ status: 200, success: true, message: 'Chunk 0 uploaded successfully.' },
  });
  await expect.poll(() => asha.listed('live.m3u8')).toBe('0 1');
  const [live, files] = [await asha.read('live.m3u8'), await filesOf(asha.streamId)];
  expect(await asha.upload(1, piece(1))).toMatchObject({ status: 200, message: 'Chunk 1 uploaded successfully.' });
  expect(await asha.upload(1, piece(2))).toEqual({
    ...{ status: 409, success: false, message: 'sequence: 1 was uploaded before, with other bytes' },
  });
  expect(await asha.read('live.m3u8')).toBe(live);
  expect(await filesOf(asha.streamId)).toEqual(files);
  const atOnce = await Promise.all([0, 1, 2].map(() => asha.upload(2, piece(2))));
  expect(atOnce.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await asha.listed('live.m3u8')).toBe('0 1 2');
});

test('a piece that stays away is passed with a discontinuity; when it comes after all it is in the video alone', async () => {
  const asha = await broadcaster();
  await asha.upload(0, piece(0));
  await asha.upload(2, piece(2));
  expect(await asha.listed('live.m3u8')).toBe('0');
  await expect.poll(() => asha.listed('live.m3u8'), { timeout: 20_000 }).toBe('0 | 2');
  expect(await asha.upload(1, piece(1))).toMatchObject({ status: 200 });
  expect(await asha.upload(3, piece(0))).toMatchObject({ status: 200 });
  await expect.poll(() => asha.listed('live.m3u8')).toBe('0 | 2 3');
  expect(await asha.upload(5, piece(1))).toMatchObject({ status: 200 });
  expect(await asha.stop()).toMatchObject({ status: 200, success: true, pieceCount: 5 });
  // What waited for the missing one is not lost.
  expect(await asha.listed('video.m3u8')).toBe('0 | 1 | 2 3 | 5');
  expect(await asha.read('video.m3u8')).toMatch(/#EXT-X-PLAYLIST-TYPE:VOD\n[\s\S]*#EXT-X-ENDLIST\n$/);
  expect(await asha.read('live.m3u8')).toContain('#EXT-X-ENDLIST');
  const recording = await asha.read('90p/recording.m3u8');
  const seconds = [...recording.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, text]) => sum + Number(text), 0);
  expect(seconds).toBeCloseTo(5, 0);
  expect(recording.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(3);
  expect(await asha.upload(6, piece(2))).toMatchObject({ status: 409, success: false });
});

test('while it goes on, a stream of pieces is live like any other: states, and the ladder of the packager', async () => {
  const asha = await broadcaster();
  await asha.upload(0, piece(0));
  await asha.upload(1, piece(1));
  const { streamId } = asha;
  await web.snapshotWhere(({ streams }) => streams.some((row) => row.streamId === streamId && row.state === 'live'));
  await expect.poll(() => asha.read('index.m3u8'), { timeout: 20_000 }).toContain('RESOLUTION=160x90');
  await web.want({ streamId, action: 'end' });
  await web.snapshotWhere(({ streams }) => streams.some((row) => row.streamId === streamId && row.state === 'ended'));
  await expect.poll(() => asha.read('live.m3u8')).toContain('#EXT-X-ENDLIST');
  expect(await asha.read('recording.m3u8')).toContain('RESOLUTION=160x90');
});

test('what is no complete piece of media is refused by its rule, and leaves no trace', async () => {
  const asha = await broadcaster();
  const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${media.path('440.mp4')}\n`;
  await media.make('short.mp4', { seconds: 0.5 });
  await media.run('front.mp4', ['-i', media.path('440.mp4'), '-c', 'copy', '-movflags', '+faststart']);
  const front = await media.bytes('front.mp4');
  await media.run('mpeg4.mp4', ['-i', media.path('440.mp4'), '-c:v', 'mpeg4', '-c:a', 'copy']);
  const refused: [Buffer, string][] = [
    [Buffer.from(playlist), 'must be a complete MP4, MPEG-TS or WebM file'],
    [Buffer.concat([Buffer.from('\0\0\0\x18ftypisom'), Buffer.from(playlist)]), 'the file is cut off'],
    [front.subarray(0, front.byteLength - 2000), 'the file is cut off'],
    [piece(0).subarray(0, 3000), 'the file is cut off'],
    [await media.bytes('short.mp4'), 'must last 1 to 30 s, not 0.5'],
    [await media.bytes('mpeg4.mp4'), 'a codec that is not accepted'],
  ];
  for (const [bytes, rule] of refused) {
    const reply = await asha.upload(0, bytes);
    expect(reply).toMatchObject({ status: 422, success: false });
    expect(reply.message).toContain(`video_chunk: `);
    expect(reply.message).toContain(rule);
  }
  expect(await filesOf(asha.streamId)).toEqual(['index.jsonl']);
  expect(await asha.read('live.m3u8')).toBe('');
});

test('a stop waits for the pieces that are under way', async () => {
  const asha = await broadcaster();
  await asha.upload(0, piece(0));
  const boundary = 'zyzz';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="sequence"\r\n\r\n1\r\n--${boundary}\r\n`;
  const file = 'content-disposition: form-data; name="video_chunk"; filename="1.mp4"\r\n\r\n';
  const upload = request(node.publicUrl + pieceCallPath(asha.streamId, 'upload'), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await web.grant(asha.streamId, 'publish')}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
  });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    upload.once('response', (response) => resolve(response.resume().statusCode));
    upload.once('error', reject);
  });
  upload.write(head + file);
  upload.write(piece(1).subarray(0, 5000));
  await expect.poll(async () => (await filesOf(asha.streamId)).some((name) => name.includes('.half'))).toBe(true);
  const stopped = asha.stop();
  // Once the stop is heard of, a new upload is refused for that, and not for its bad sequence.
  await expect.poll(async () => (await asha.upload('x', piece(2))).status).toBe(409);
  upload.end(Buffer.concat([piece(1).subarray(5000), Buffer.from(`\r\n--${boundary}--\r\n`)]));
  expect(await answered).toBe(200);
  expect(await stopped).toMatchObject({ status: 200, pieceCount: 2 });
  expect(await asha.listed('video.m3u8')).toBe('0 1');
});

test('an upload that breaks off leaves no trace, and the piece can be sent again', async () => {
  const asha = await broadcaster();
  const upload = request(node.publicUrl + pieceCallPath(asha.streamId, 'upload'), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await web.grant(asha.streamId, 'publish')}`,
      ...{ 'content-type': 'multipart/form-data; boundary=x', 'content-length': '100000' },
    },
  });
  upload.on('error', () => {});
  upload.write('--x\r\ncontent-disposition: form-data; name="sequence"\r\n\r\n0\r\n');
  upload.write('--x\r\ncontent-disposition: form-data; name="video_chunk"; filename="a.mp4"\r\n\r\n');
  upload.write(piece(0).subarray(0, 5000));
  await expect.poll(async () => (await filesOf(asha.streamId).catch(() => [])).length).toBe(2);
  upload.destroy();
  await new Promise<void>((resolve) => upload.once('close', () => resolve()));
  await expect.poll(() => filesOf(asha.streamId)).toEqual(['index.jsonl']);
  expect(await asha.upload(0, piece(0))).toMatchObject({ status: 200 });
  expect(await asha.listed('live.m3u8')).toBe('0');
});
