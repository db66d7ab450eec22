import { expect, test } from 'vitest';
import type { KeptBroadcast } from './kept-session';
import { Publisher, type PublisherOptions } from './publisher';
import { ContractNode, openNodeSocket } from './testing/contract-node';
import { MemoryStore } from './testing/memory-store';
import { TestRecorders } from './testing/test-recorders';

const broadcast: KeptBroadcast = {
  streamId: 'str_testtesttest',
  eventId: 'evt_testtesttest',
  userId: 'usr_testtesttest',
  streamName: 'Nepali from the stand',
  source: 'audio',
  microphoneId: null,
  cameraId: null,
};

async function onAir(node: ContractNode, changes: Partial<PublisherOptions> = {}) {
  const recorders = new TestRecorders();
  const store = new MemoryStore();
  const publisher = new Publisher({
    access: { websocketUrl: node.url, grant: 'grant-1' },
    renewAccess: async () => ({ websocketUrl: node.url, grant: 'grant-2' }),
    capture: { recordable: () => recorders.stream, shorterSide: null, shrinkPicture: async () => undefined },
    broadcast: () => broadcast,
    store,
    startRecorder: recorders.start,
    openSocket: openNodeSocket,
    delays: { firstMs: 5, longestMs: 20 },
    nowMs: () => recorders.nowMs,
    ...changes,
  });
  await publisher.start();
  return { publisher, recorders, store, [Symbol.dispose]: () => publisher.close() };
}

const counting = (count: number) => Array.from({ length: count }, (_, index) => index);

test('after a short break everything is sent again within the same session', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  air.recorders.capture(5);
  await node.until(() => node.chunkCount === 5);
  node.isAcknowledging = false;
  air.recorders.capture(2);
  await node.until(() => node.chunkCount === 7);
  air.recorders.pass(9_000);
  node.cut();
  air.recorders.capture(3);
  await node.until(() => node.chunkCount === 10);
  expect(node.journal.size).toBe(1);
  expect(air.recorders.started).toBe(1);
});

test('after a long break the live edge goes first, and what was missed follows beside it, to the last chunk', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  air.recorders.capture(5);
  await node.until(() => node.chunkCount === 5);
  const port = await node.stopListening();
  air.recorders.capture(5);
  air.recorders.pass(11_000);
  air.recorders.capture(5);
  await node.listenAgain(port);
  await node.until(() => node.journal.size === 2);
  const [missed, live] = [...node.journal.keys()];
  await node.until(() => {
    air.recorders.capture(1);
    return node.sequences(live ?? '').length > 0;
  });
  await node.until(() => node.heard.includes('finish'));
  expect(node.hellos.map(({ backfill }) => backfill ?? false)).toEqual([false, false, true]);
  expect(node.hellos[2]?.recorderSession).toBe(missed);
  const captured = air.recorders.captured[0] ?? 0;
  expect(captured).toBeGreaterThanOrEqual(15);
  expect(node.sequences(missed ?? '')).toEqual(counting(captured));
  await expect.poll(() => air.publisher.status()).toMatchObject({ state: 'on-air', missedBytesLeft: 0, loss: null });
  await expect.poll(() => air.store.sessionIds()).toEqual([live]);
});
