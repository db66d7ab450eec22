import { expect, test } from 'vitest';
import { Publisher } from './publisher';
import type { PublisherOptions } from './publisher-options';
import { ContractNode, openNodeSocket } from './testing/contract-node';
import { keptBroadcast } from './testing/kept-session-fixture';
import { MemoryStore } from './testing/memory-store';
import { TestRecorders } from './testing/test-recorders';

async function onAir(node: ContractNode, changes: Partial<PublisherOptions> = {}) {
  const recorders = new TestRecorders();
  const store = new MemoryStore();
  const publisher = new Publisher({
    access: { websocketUrl: node.url, grant: 'grant-1' },
    renewAccess: async () => ({ websocketUrl: node.url, grant: 'grant-2' }),
    capture: { recordable: () => recorders.stream, shorterSide: null, shrinkPicture: async () => undefined },
    broadcast: () => keptBroadcast,
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

type Air = Awaited<ReturnType<typeof onAir>>;

/** Five chunks have reached the node when the line goes down, and five more are captured. Gives the port to listen on again. */
async function goesDown(node: ContractNode, { recorders }: Air): Promise<number> {
  recorders.capture(5);
  await node.until(() => node.chunkCount === 5);
  const port = await node.stopListening();
  recorders.capture(5);
  return port;
}

const counting = (count: number) => Array.from({ length: count }, (_, index) => index);

/** After a long break the line is back, and all that the first recorder gave reaches the node. */
async function expectRestFollows(node: ContractNode, { recorders }: Air, port: number): Promise<void> {
  recorders.pass(11_000);
  await node.listenAgain(port);
  await expect.poll(() => recorders.started).toBe(2);
  recorders.capture(1);
  await node.until(() => node.heard.includes('finish'));
  const [missed] = [...node.journal.keys()];
  expect(node.sequences(missed ?? '')).toEqual(counting(recorders.captured[0] ?? 0));
}

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
  const port = await goesDown(node, air);
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

test('a line that stays down closes the session every two minutes, so that no break has to fit into memory', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  air.recorders.capture(5);
  await node.until(() => node.chunkCount === 5);
  const port = await node.stopListening();
  for (const round of [2, 3]) {
    air.recorders.capture(5);
    air.recorders.pass(121_000);
    await expect.poll(() => air.recorders.started).toBe(round);
    air.recorders.capture(1);
    await expect.poll(() => air.recorders.running).toBe(1);
  }
  expect(air.publisher.status().missedBytesLeft).toBeGreaterThan(0);
  await node.listenAgain(port);
  await expect.poll(() => air.publisher.status()).toMatchObject({ state: 'on-air', missedBytesLeft: 0, loss: null });
  await node.until(() => node.heard.filter((word) => word === 'finish').length === 2);
  const sent = [...node.journal.values()].map((chunks) => chunks.length);
  expect(sent).toEqual(expect.arrayContaining(air.recorders.captured.slice(0, 2)));
});

test('a browser that keeps nothing is told so, and a long break still loses nothing', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node, { store: null });
  expect(air.publisher.status().isKept).toBe(false);
  const port = await goesDown(node, air);
  await expectRestFollows(node, air, port);
});

test('a store that fails on air is told of, and what it has not got stays in memory', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  air.recorders.capture(2);
  await node.until(() => node.chunkCount === 2);
  const port = await node.stopListening();
  air.store.isFailing = true;
  air.recorders.capture(5);
  await expect.poll(() => air.publisher.status().isKept).toBe(false);
  await expectRestFollows(node, air, port);
});

test('an end in the middle of a long break waits until everything was sent, as backfill too', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  const port = await goesDown(node, air);
  air.recorders.pass(11_000);
  const ended = air.publisher.end(5000);
  await node.listenAgain(port);
  expect(await ended).toBe(true);
  expect(node.hellos.at(-1)?.backfill).toBe(true);
  const [session] = [...node.journal.keys()];
  expect(node.sequences(session ?? '')).toEqual(counting(11));
  expect(await air.store.sessions()).toEqual([]);
});

test('an end that the line does not outlive says so, and leaves the rest to the next page', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  await goesDown(node, air);
  expect(await air.publisher.end(30)).toBe(false);
  const [left] = await air.store.sessions();
  expect(left).toMatchObject({ lastSequence: 10 });
  expect(left?.bytes).toBeGreaterThanOrEqual(60);
});

test('a page that resumes goes on at the live edge, and sends what the page before it left', async () => {
  await using node = await ContractNode.start();
  const first = await onAir(node);
  first.recorders.capture(5);
  await node.until(() => node.chunkCount === 5);
  await expect.poll(async () => (await first.store.sessions())[0]?.clock ?? null).not.toBeNull();
  const port = await node.stopListening();
  first.recorders.capture(5);
  first.publisher.close();
  await expect.poll(async () => (await first.store.sessions())[0]?.lastSequence).toBe(10);
  await node.listenAgain(port);
  using next = await onAir(node, { store: first.store, leftOver: await first.store.sessions() });
  expect(next.publisher.status().missedBytesLeft).toBeGreaterThan(0);
  next.recorders.capture(3);
  await node.until(() => node.heard.includes('finish'));
  const [old, live] = [...node.journal.keys()];
  expect(node.hellos.map(({ backfill }) => backfill ?? false)).toEqual([false, false, true]);
  expect(node.sequences(old ?? '')).toEqual(counting(11));
  expect(node.sequences(live ?? '')).toEqual(counting(3));
  await expect.poll(() => first.store.sessionIds()).toEqual([live]);
});

test('a chunk that is too large for the node ends the broadcast with words, and is not sent again and again', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  air.recorders.chunkBytes = 5 * 1024 * 1024;
  air.recorders.capture(1);
  await expect
    .poll(() => air.publisher.status())
    .toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('larger than a stream node takes'),
    });
  expect(node.hellos).toHaveLength(1);
});

test('a recorder that fails as soon as it has begun, in the middle of a change too, is followed by another', async () => {
  await using node = await ContractNode.start();
  using air = await onAir(node);
  air.recorders.capture(3);
  await node.until(() => node.chunkCount === 3);
  const port = await node.stopListening();
  air.recorders.capture(2);
  air.recorders.pass(11_000);
  await node.listenAgain(port);
  await expect.poll(() => air.recorders.started).toBe(2);
  air.recorders.fail();
  await expect.poll(() => air.recorders.started).toBe(3);
  await expect.poll(() => air.recorders.running).toBe(1);
  air.recorders.capture(2);
  await node.until(() => node.sequences([...node.journal.keys()].at(-1) ?? '').length === 2);
  expect(air.publisher.status().state).toBe('on-air');
});

test('a recorder that fails before its session has begun is followed by another one', async () => {
  await using node = await ContractNode.start();
  const recorders = new TestRecorders();
  using air = await onAir(node, {
    startRecorder: async (stream, handlers) => {
      const recorder = await recorders.start(stream, handlers);
      if (recorders.started === 1) {
        handlers.failed(new Error('The browser stopped recording.'));
      }
      return recorder;
    },
  });
  await expect.poll(() => recorders.started).toBe(2);
  await node.until(() => {
    recorders.capture(1);
    return node.chunkCount > 0;
  });
  await expect.poll(() => air.publisher.status().state).toBe('on-air');
  expect(recorders.running).toBe(1);
});
