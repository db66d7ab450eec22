import { expect, test } from 'vitest';
import { Backlog, type BacklogLoss, type BacklogOptions } from './backlog';
import { RenewalRefused } from './ingest-access';
import { sendKept } from './send-kept';
import { SessionKeeper } from './session-keeper';
import { ContractNode, openNodeSocket } from './testing/contract-node';
import { keptSession } from './testing/kept-session-fixture';
import { MemoryStore } from './testing/memory-store';

const counting = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** A session of which the node has `acked` chunks, and the store the others up to `count`. */
async function leftBehind(store: MemoryStore, id: string, count: number, acked = 0, bytesEach = 10) {
  const keeper = new SessionKeeper({ store, session: keptSession({ clock: { offsetMs: 5000, roundTripMs: 3 } }, id) });
  for (const sequence of counting(0, count)) {
    keeper.add({ sequence, captureTimeMs: 1000 + sequence, bytes: new Uint8Array(bytesEach) });
  }
  keeper.acknowledge(acked - 1);
  await keeper.settled();
  return keeper.session;
}

function backlogOf(node: ContractNode, changes: Partial<BacklogOptions> = {}) {
  const access = { websocketUrl: node.url, grant: 'grant-1' };
  const backlog = new Backlog({
    access: () => access,
    renewAccess: async () => access,
    openSocket: openNodeSocket,
    mayFlow: () => true,
    delays: { firstMs: 5, longestMs: 20 },
    ...changes,
  });
  const losses: BacklogLoss[] = [];
  backlog.on('lost', (loss) => losses.push(loss));
  return { backlog, losses, [Symbol.dispose]: () => backlog.close() };
}

function journal(node: ContractNode, id: string, count: number) {
  const chunks = counting(0, count).map((sequence) => ({ sequence, captureTimeMs: 0, bytes: new Uint8Array(1) }));
  node.journal.set(id, chunks);
}

test('sessions are sent oldest first, one after the other, by the clock they were captured with', async () => {
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  using sending = backlogOf(node);
  for (const id of ['rec_first2345678', 'rec_second234567']) {
    const session = await leftBehind(store, id, 10, 4);
    journal(node, id, 4);
    sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  }
  expect(node.hellos).toEqual([]);
  expect(sending.backlog.bytesLeft).toBe(120);
  sending.backlog.start();
  await sending.backlog.whenEmpty();
  expect(node.hellos.map(({ recorderSession, backfill }) => [recorderSession, backfill])).toEqual([
    ['rec_first2345678', true],
    ['rec_second234567', true],
  ]);
  expect(node.sequences('rec_first2345678')).toEqual(counting(0, 10));
  expect(node.sequences('rec_second234567')).toEqual(counting(0, 10));
  expect(new Set(node.clockOffsets)).toEqual(new Set([5000]));
  expect(await store.sessions()).toEqual([]);
  expect(sending.losses).toEqual([]);
});

test('nothing flows while live media waits, and it goes on where it stopped', async () => {
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  let mayFlow = false;
  using sending = backlogOf(node, { mayFlow: () => mayFlow });
  const session = await leftBehind(store, 'rec_first2345678', 10);
  sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  sending.backlog.start();
  await node.until(() => node.heard.includes('clock'));
  expect(node.chunkCount).toBe(0);
  mayFlow = true;
  sending.backlog.nudge();
  await sending.backlog.whenEmpty();
  expect(node.chunkCount).toBe(10);
});

test('no more is under way than a thin line carries in a moment', async () => {
  await using node = await ContractNode.start();
  node.isAcknowledging = false;
  const store = new MemoryStore();
  using sending = backlogOf(node);
  const session = await leftBehind(store, 'rec_first2345678', 20, 0, 30_000);
  sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  sending.backlog.start();
  await node.until(() => node.chunkCount === 3);
  node.sayToAll({ type: 'ack', sequence: 0 });
  await node.until(() => node.chunkCount === 4);
});

test('a page that was killed before it kept what the node already has does not stand in the way of the end', async () => {
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  using sending = backlogOf(node);
  const session = await leftBehind(store, 'rec_first2345678', 10, 4);
  journal(node, 'rec_first2345678', 13);
  sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  sending.backlog.start();
  await sending.backlog.whenEmpty();
  expect(node.heard.filter((word) => word === 'finish')).toHaveLength(1);
  expect(sending.losses).toEqual([]);
});

test.each(['chunk_too_large', 'bad_media', 'bad_sequence'] as const)(
  'a session that the node refuses for good (%s) is told, let go of, and does not hold up the next',
  async (code) => {
    await using node = await ContractNode.start();
    node.refusesSession = { recorderSession: 'rec_first2345678', code };
    const store = new MemoryStore();
    using sending = backlogOf(node);
    for (const id of ['rec_first2345678', 'rec_second234567']) {
      const session = await leftBehind(store, id, 10);
      sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
    }
    sending.backlog.start();
    await sending.backlog.whenEmpty();
    expect(sending.losses).toEqual([{ bytes: 100, reason: `refused: ${code}` }]);
    expect(node.sequences('rec_second234567')).toEqual(counting(0, 10));
    expect(await store.sessions()).toEqual([]);
  },
);

test('a node that forgot what it had confirmed cannot be sent the rest', async () => {
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  using sending = backlogOf(node);
  const session = await leftBehind(store, 'rec_first2345678', 10, 4);
  sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  sending.backlog.start();
  await sending.backlog.whenEmpty();
  expect(sending.losses).toEqual([{ bytes: 60, reason: 'The stream node no longer has what came before it.' }]);
});

test('what is closed before it was confirmed stays in the store', async () => {
  await using node = await ContractNode.start();
  node.isAcknowledging = false;
  const store = new MemoryStore();
  using sending = backlogOf(node);
  const session = await leftBehind(store, 'rec_first2345678', 10);
  sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  sending.backlog.start();
  await node.until(() => node.chunkCount === 10);
  sending.backlog.close();
  expect(await store.chunks('rec_first2345678')).toHaveLength(10);
});

test('when more waits than is kept, the oldest session goes, with words', async () => {
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  using sending = backlogOf(node, { bytesMax: 250 });
  for (const id of ['rec_first2345678', 'rec_second234567', 'rec_third2345678']) {
    const session = await leftBehind(store, id, 10);
    sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  }
  expect(sending.backlog.bytesLeft).toBe(200);
  expect(sending.losses).toMatchObject([{ bytes: 100, reason: expect.stringContaining('the oldest had to go') }]);
  await expect.poll(() => store.sessionIds()).toEqual(['rec_second234567', 'rec_third2345678']);
});

test('a page that only ends a broadcast sends what is kept', async () => {
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  const sessions = [await leftBehind(store, 'rec_first2345678', 10)];
  const renewAccess = async () => ({ websocketUrl: node.url, grant: 'grant-1' });
  const sending = await sendKept({ store, sessions, renewAccess, openSocket: openNodeSocket });
  expect(await sending.done).toEqual({ isSent: true, lostBytes: 0, reason: '' });
  expect(node.sequences('rec_first2345678')).toEqual(counting(0, 10));
});

test('what a stream that is over takes no more is let go of, and counted', async () => {
  const store = new MemoryStore();
  const sessions = [await leftBehind(store, 'rec_first2345678', 10)];
  const renewAccess = async () => {
    throw new RenewalRefused('This stream is over; start a new one');
  };
  const sending = await sendKept({ store, sessions, renewAccess });
  expect(await sending.done).toEqual({
    isSent: true,
    lostBytes: 100,
    reason: 'This stream is over; start a new one',
  });
  expect(await store.sessions()).toEqual([]);
});

test('a node that cannot be reached leaves everything where it is', async () => {
  const node = await ContractNode.start();
  const { url } = node;
  await node[Symbol.asyncDispose]();
  const store = new MemoryStore();
  const sessions = [await leftBehind(store, 'rec_first2345678', 10)];
  const renewAccess = async () => ({ websocketUrl: url, grant: 'grant-1' });
  const sending = await sendKept({ store, sessions, renewAccess, openSocket: openNodeSocket, patienceMs: 50 });
  expect(await sending.done).toMatchObject({ isSent: false, lostBytes: 0 });
  expect(await store.chunks('rec_first2345678')).toHaveLength(10);
});

test('a session goes to the node that has its beginning; while that one is away the others are sent, and then it is too', async () => {
  await using former = await ContractNode.start();
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  using sending = backlogOf(node);
  journal(former, 'rec_first2345678', 4);
  const formerUrl = former.url;
  const port = await former.stopListening();
  for (const [id, acked, nodeUrl] of [
    ['rec_first2345678', 4, formerUrl],
    ['rec_second234567', 0, null],
  ] as const) {
    const session = { ...(await leftBehind(store, id, 10, acked)), nodeUrl };
    sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  }
  sending.backlog.start();
  await node.until(() => node.heard.includes('finish'));
  expect(node.hellos.map(({ recorderSession }) => recorderSession)).toEqual(['rec_second234567']);
  await former.listenAgain(port);
  await sending.backlog.whenEmpty();
  expect(former.sequences('rec_first2345678')).toEqual(counting(0, 10));
  expect(node.hellos).toHaveLength(1);
  expect(await store.sessions()).toEqual([]);
  expect(sending.losses).toEqual([]);
});

test('a former node that lets go of everybody when it hears of the move is asked again, and takes the rest', async () => {
  await using former = await ContractNode.start();
  await using node = await ContractNode.start();
  const store = new MemoryStore();
  using sending = backlogOf(node);
  journal(former, 'rec_first2345678', 4);
  former.refuseNextHello = { code: 'replaced', retryable: false };
  const session = { ...(await leftBehind(store, 'rec_first2345678', 10, 4)), nodeUrl: former.url };
  sending.backlog.add({ keeper: new SessionKeeper({ store, session }), queue: null, clock: null });
  sending.backlog.start();
  await sending.backlog.whenEmpty();
  expect(former.sequences('rec_first2345678')).toEqual(counting(0, 10));
  expect([former.hellos.length, node.hellos.length]).toEqual([2, 0]);
  expect(sending.losses).toEqual([]);
});
