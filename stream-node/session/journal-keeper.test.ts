import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock';
import { newId } from '../contract/ids';
import { WebSocketSource } from '../ingest/websocket-source';
import { createLogger } from '../logger';
import { holdNextEnd } from '../testing/disk-fault';
import { JournalKeeper } from './journal-keeper';

/** A folder with the journal of one session, and who keeps it; `remade` is told how each remake begins and ends. */
async function setUp() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-keeper-'));
  const session = { streamId: newId('stream'), recorderSession: newId('recorderSession') };
  const hello = { ...session, mime: 'video/mp4', container: 'mp4' as const, hasVideo: true, hasAudio: true };
  const facts = { epoch: 1, dataDirectory, clock: systemClock, isLive: false, onClosed: () => {} };
  const source = await WebSocketSource.open({ ...facts, hello });
  source.accept({ sequence: 0, captureTimeMs: Date.now(), bytes: Buffer.from('media') });
  await source.close();
  const remade: string[] = [];
  const disk = { hasRoom: true };
  let setBegun = () => {};
  const begun = new Promise<void>((resolve) => {
    setBegun = resolve;
  });
  const keeper = new JournalKeeper({
    ...{ dataDirectory, clock: systemClock, logger: createLogger({ level: 'silent' }) },
    graceMs: () => 0,
    settled: () => Promise.resolve(),
    takesRest: () => Promise.resolve(true),
    hasRoom: () => disk.hasRoom,
    remake: async (_source, signal) => {
      remade.push('begun');
      setBegun();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await new Promise(setImmediate);
      remade.push('stopped');
      return false;
    },
  });
  onTestFinished(async () => {
    await keeper[Symbol.asyncDispose]();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  const journals = () => readdir(join(dataDirectory, 'journals', session.streamId));
  return { ...session, keeper, remade, begun, disk, journals };
}

test('a publisher who comes back while its journal is remade goes on only once that has stopped, and the journal stays', async () => {
  const { keeper, streamId, recorderSession, remade, begun, journals } = await setUp();
  keeper.complete(streamId, recorderSession);
  await begun;
  keeper.arrived(streamId, recorderSession);
  await keeper.letGo(streamId, newId('recorderSession'));
  expect(remade).toEqual(['begun']);
  await keeper.letGo(streamId, recorderSession);
  expect(remade).toEqual(['begun', 'stopped']);
  expect(await journals()).toHaveLength(1);
});

test('a journal whose publisher came back before its turn is left alone', async () => {
  const { keeper, streamId, recorderSession, remade } = await setUp();
  keeper.complete(streamId, recorderSession);
  keeper.arrived(streamId, recorderSession);
  await keeper.letGo(streamId, recorderSession);
  await keeper.streamOver(streamId);
  expect(remade).toEqual([]);
});

test('a journal that several have is left once the last of them has left it', async () => {
  const { keeper, streamId, recorderSession, remade, begun } = await setUp();
  keeper.arrived(streamId, recorderSession);
  await keeper.claim(streamId, recorderSession);
  keeper.left(streamId, recorderSession, null);
  await keeper.streamOver(streamId);
  expect(remade).toEqual([]);
  keeper.release(streamId, recorderSession, false);
  await begun;
});

test('a journal that waits for room when its publisher comes back is left alone when there is room', async () => {
  const { keeper, streamId, recorderSession, remade, disk } = await setUp();
  disk.hasRoom = false;
  keeper.complete(streamId, recorderSession);
  await keeper.streamOver(streamId);
  keeper.arrived(streamId, recorderSession);
  disk.hasRoom = true;
  keeper.roomAgain();
  await keeper.streamOver(streamId);
  expect(remade).toEqual([]);
});

test('a journal that is being opened when the disk is nearly full is remade when there is room', async () => {
  const { keeper, streamId, recorderSession, remade, begun, disk } = await setUp();
  const opening = await holdNextEnd();
  keeper.complete(streamId, recorderSession);
  await opening.held;
  disk.hasRoom = false;
  keeper.roomGone();
  opening.lift();
  await keeper.streamOver(streamId);
  expect(remade).toEqual([]);
  disk.hasRoom = true;
  keeper.roomAgain();
  await begun;
});
