import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../clock';
import { newId } from '../contract/ids';
import { IngestServer } from '../ingest/ingest-server';
import { LeftJournal } from '../ingest/left-journal';
import { listenFor, makeGrantKeys, publishGrant, TestPublisher } from '../ingest/test-publisher';
import { WebSocketSource } from '../ingest/websocket-source';
import { createLogger } from '../logger';
import { holdNextEnd, holdNextSync } from '../testing/disk-fault';
import { gate } from '../testing/gate';
import { JournalKeeper, type JournalKeeperOptions } from './journal-keeper';

vi.setConfig({ testTimeout: 30_000 });

const keys = await makeGrantKeys();
const logger = createLogger({ level: 'silent' });

/** A session with one chunk that was left, its keeper, and the server that its publisher comes back to. */
async function setUp(changes: Partial<JournalKeeperOptions> = {}) {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-claim-'));
  const [streamId, recorderSession] = [newId('stream'), newId('recorderSession')];
  const facts = { mime: 'video/webm', container: 'matroska' as const, hasVideo: true, hasAudio: true };
  const session = { streamId, recorderSession, ...facts };
  const shared = { dataDirectory, clock: systemClock, logger };
  const source = await WebSocketSource.open({ hello: session, epoch: 1, ...shared, isLive: false, onClosed: () => {} });
  source.accept({ sequence: 0, captureTimeMs: Date.now(), bytes: Buffer.from('first') });
  await source.close();
  const keeper = new JournalKeeper({
    ...{ ...shared, graceMs: () => 0, settled: async () => {}, hasRoom: () => true },
    ...{ takesRest: async () => true, remake: async () => true, ...changes },
  });
  const claimed = gate();
  const ingest = new IngestServer({
    ...shared,
    admissions: {
      find: async () => ({ epoch: 1, action: 'run' }),
      publicKey: () => keys.publicKey,
      takesRest: async () => false,
      isRevoked: () => false,
    },
    health: () => ({ state: 'live', publishLatencyMs: null }),
    claims: {
      claim: async (...claim) => {
        claimed.pass();
        await keeper.claim(...claim);
      },
      release: (...release) => keeper.release(...release),
    },
  });
  const { url, server } = await listenFor(ingest);
  onTestFinished(async () => {
    await ingest.close();
    await keeper[Symbol.asyncDispose]();
    await new Promise((closed) => server.close(closed));
    await rm(dataDirectory, { recursive: true, force: true });
  });
  const hello = { ...session, type: 'hello', grant: await publishGrant(keys.privateKey, streamId) };
  const comeBack = async (backfill = false) => {
    const publisher = await TestPublisher.connect(url);
    publisher.send({ ...hello, ...(backfill && { backfill }) });
    const goesOn = async () => {
      const { ackedSequence } = await publisher.hears('welcome');
      publisher.chunk(ackedSequence + 1, Buffer.from('second'));
      await publisher.hears('ack', ({ sequence }) => sequence > ackedSequence);
    };
    return { publisher, goneOn: goesOn() };
  };
  const lastOnDisk = async () => {
    await ingest.close();
    const left = await LeftJournal.open({ streamId, recorderSession, ...shared });
    await left?.close();
    return left?.appendedSequence;
  };
  return { streamId, recorderSession, keeper, claimed: claimed.passed, comeBack, lastOnDisk };
}

test.each([
  { name: 'its publisher', isBackfill: false },
  { name: 'who sends its rest', isBackfill: true },
])('$name comes back while the journal is opened to be remade: nothing acknowledged is cut', async ({ isBackfill }) => {
  const { streamId, recorderSession, keeper, claimed, comeBack, lastOnDisk } = await setUp();
  // What lies behind the last whole record that it found is cut next.
  const scan = await holdNextEnd();
  keeper.complete(streamId, recorderSession);
  await scan.held;
  const { goneOn } = await comeBack(isBackfill);
  await Promise.race([claimed, goneOn]);
  scan.lift();
  await goneOn;
  await keeper.streamOver(streamId);
  expect(await lastOnDisk()).toBe(1);
});

test('a publisher comes back when the journal is about to be deleted: what it sends is on disk', async () => {
  const asked = gate();
  const answer = gate<boolean>();
  const takesRest = async () => {
    asked.pass();
    return await answer.passed;
  };
  const { streamId, recorderSession, keeper, claimed, comeBack, lastOnDisk } = await setUp({ takesRest });
  keeper.complete(streamId, recorderSession);
  await asked.passed;
  const opening = await holdNextSync();
  const { goneOn } = await comeBack();
  await Promise.race([claimed, opening.held]);
  answer.pass(false);
  await keeper.streamOver(streamId);
  opening.lift();
  await goneOn;
  expect(await lastOnDisk()).toBe(1);
});

test('a publisher comes back and is gone before it is let in: the journal is remade after all, and the rest is taken', async () => {
  const [begun, mayStop] = [gate(), gate()];
  let count = 0;
  const remake = async () => {
    count += 1;
    begun.pass();
    await mayStop.passed;
    return false;
  };
  const { streamId, recorderSession, keeper, claimed, comeBack, lastOnDisk } = await setUp({ remake });
  keeper.complete(streamId, recorderSession);
  await begun.passed;
  const { publisher } = await comeBack();
  await claimed;
  publisher.chunk(1, Buffer.from('too early'));
  expect((await publisher.refusal()).code).toBe('hello_expected');
  mayStop.pass();
  await expect.poll(() => count, { timeout: 20_000 }).toBe(2);
  await (await comeBack(true)).goneOn;
  expect(await lastOnDisk()).toBe(1);
});
