import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { NodeProcess } from '../testing/node-process';
import { PieceBroadcaster } from '../testing/piece-broadcaster';
import { PieceMedia } from '../testing/piece-media';
import { TestWeb } from '../testing/test-web';

vi.setConfig({ testTimeout: 60_000 });

/** A missing piece is waited for, however long a busy machine takes to start a node. */
const patient = { STREAM_NODE_PIECE_WAIT_SECONDS: '600' };

test('a node killed between two pieces has every piece it acknowledged, listed or waiting, and goes on', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-node-'));
  const media = await PieceMedia.inNewFolder();
  const web = await TestWeb.start();
  onTestFinished(async () => {
    await web[Symbol.asyncDispose]();
    await Promise.all([dataDir, media.folder].map((folder) => rm(folder, { recursive: true, force: true })));
  });
  await media.make('piece.mp4', { seconds: 2 });
  const piece = await media.bytes('piece.mp4');
  const first = await NodeProcess.start(web, dataDir, 0, patient);
  onTestFinished(() => first[Symbol.asyncDispose]());
  const streamId = newId('stream');
  const before = await PieceBroadcaster.of(web, first.publicUrl, streamId);
  for (const sequence of [0, 1, 3]) {
    expect(await before.upload(sequence, piece)).toMatchObject({ status: 200 });
  }
  await first.kill();

  const second = await NodeProcess.start(web, dataDir, first.port, patient);
  onTestFinished(() => second[Symbol.asyncDispose]());
  const after = await PieceBroadcaster.of(web, second.publicUrl, streamId);
  await expect.poll(() => after.listed('live.m3u8'), { timeout: 20_000 }).toBe('0 1');
  expect(await after.upload(1, piece)).toMatchObject({ status: 200, message: 'Chunk 1 uploaded successfully.' });
  expect(await after.upload(2, piece)).toMatchObject({ status: 200 });
  await expect.poll(() => after.listed('live.m3u8'), { timeout: 20_000 }).toBe('0 1 2 3');
  expect(await after.stop()).toMatchObject({ status: 200, pieceCount: 4 });
  expect(await after.listed('video.m3u8')).toBe('0 1 2 3');
  const recording = await after.read('90p/recording.m3u8');
  const seconds = [...recording.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, text]) => sum + Number(text), 0);
  expect(seconds).toBeCloseTo(8, 0);
});
