import { expect, test, vi } from 'vitest';
import { Publisher } from './publisher';
import { ContractNode, openNodeSocket } from './testing/contract-node';
import { keptBroadcast } from './testing/kept-session-fixture';
import { MemoryStore } from './testing/memory-store';
import { TestRecorders } from './testing/test-recorders';

vi.setConfig({ testTimeout: 40_000 });

/** On air at one node, while the web names another one to whoever asks. */
async function onAir(node: ContractNode, next: ContractNode) {
  const recorders = new TestRecorders();
  const asked: boolean[] = [];
  const store = new MemoryStore();
  const publisher = new Publisher({
    access: { websocketUrl: node.url, grant: 'grant-1' },
    renewAccess: async ({ backfill } = { backfill: false }) => {
      asked.push(backfill);
      return { websocketUrl: next.url, grant: 'grant-2' };
    },
    capture: { recordable: () => recorders.stream, shorterSide: null, shrinkPicture: async () => undefined },
    broadcast: () => keptBroadcast,
    store,
    startRecorder: recorders.start,
    openSocket: openNodeSocket,
    delays: { firstMs: 5, longestMs: 20 },
    nowMs: () => recorders.nowMs,
  });
  await publisher.start();
  recorders.capture(5);
  await node.until(() => node.chunkCount === 5);
  // An acknowledgement has come back: the session is this node's.
  await expect.poll(async () => (await store.sessions())[0]?.nodeUrl, { timeout: 30_000 }).toBe(node.url);
  return { publisher, recorders, asked, [Symbol.dispose]: () => publisher.close() };
}

const counting = (count: number) => Array.from({ length: count }, (_, index) => index);
const sessionsOf = (node: ContractNode) =>
  [...node.journal.values()].map((chunks) => chunks.map((one) => one.sequence));

test('a node that is about to stop gets its session whole before the next node is connected to, and nothing is lost', async () => {
  await using node = await ContractNode.start();
  await using next = await ContractNode.start();
  using air = await onAir(node, next);
  node.sayToAll({ type: 'move' });
  await expect.poll(() => air.recorders.started).toBe(2);
  expect(next.hellos).toHaveLength(0);
  air.recorders.capture(3);
  await next.until(() => next.chunkCount >= 3);
  expect(node.heard.at(-1)).toBe('finish');
  expect(next.grants).toEqual(['grant-2']);
  expect(sessionsOf(node)).toEqual([counting(air.recorders.captured[0] ?? 0)]);
  expect(sessionsOf(next)).toEqual([counting(air.recorders.captured[1] ?? 0)]);
  expect(air.publisher.status()).toMatchObject({ state: 'on-air', loss: null });
});

test('where the web knows no other node, a publisher that is asked to move stays', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node, node);
  node.sayToAll({ type: 'move' });
  await expect.poll(() => air.asked).toEqual([false]);
  air.recorders.capture(3);
  await node.until(() => node.chunkCount === 8);
  expect(air.recorders.started).toBe(1);
});

test('when its node is gone, a publisher goes on at another one, and the first gets what it lacks as soon as it is back', async () => {
  await using node = await ContractNode.start();
  await using next = await ContractNode.start();
  using air = await onAir(node, next);
  const port = await node.stopListening();
  air.recorders.capture(5);
  await expect.poll(() => air.recorders.started, { timeout: 30_000 }).toBe(2);
  air.recorders.capture(3);
  await next.until(() => (sessionsOf(next).at(-1)?.length ?? 0) >= 3);
  await expect.poll(() => air.publisher.status().state).toBe('on-air');
  const first = air.recorders.captured[0] ?? 0;
  expect(first).toBeGreaterThan(10);
  await expect.poll(() => air.publisher.status(), { timeout: 30_000 }).toMatchObject({ missedWaits: true });
  expect(air.publisher.status().missedBytesLeft).toBeGreaterThan(0);
  await node.listenAgain(port);
  await expect.poll(() => air.publisher.status().missedBytesLeft, { timeout: 30_000 }).toBe(0);
  expect(sessionsOf(node)).toEqual([counting(first)]);
  expect(node.hellos.at(-1)?.backfill).toBe(true);
  expect(sessionsOf(next)).toEqual([counting(air.recorders.captured[1] ?? 0)]);
  expect(air.publisher.status().loss).toBeNull();
});
