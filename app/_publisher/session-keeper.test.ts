import { expect, test } from 'vitest';
import type { KeptSession } from './kept-session';
import { SessionKeeper } from './session-keeper';
import { keptSession } from './testing/kept-session-fixture';
import { MemoryStore } from './testing/memory-store';

const chunk = (sequence: number) => ({ sequence, captureTimeMs: 1000 + sequence * 60, bytes: new Uint8Array(10) });
const id = keptSession().hello.recorderSession;

function keeping(session: KeptSession = keptSession()) {
  const store = new MemoryStore();
  const faults: string[] = [];
  const keeper = new SessionKeeper({ store, session, onFault: (error) => faults.push(error.message) });
  return { store, keeper, faults };
}

const stored = async (store: MemoryStore) => (await store.chunks(id)).map(({ sequence }) => sequence);

test('a session is found in the store before its first chunk', async () => {
  const { store, keeper } = keeping();
  keeper.begin();
  await keeper.settled();
  expect(await store.sessions()).toMatchObject([{ firstSequence: 0, lastSequence: -1, bytes: 0 }]);
});

test('every chunk that is not acknowledged is in the store, in order, and nothing else', async () => {
  const { store, keeper } = keeping();
  for (let sequence = 0; sequence < 20; sequence += 1) {
    keeper.add(chunk(sequence));
    await (sequence % 3 === 0 ? keeper.settled() : undefined);
    keeper.acknowledge(sequence - 4);
  }
  await keeper.settled();
  expect(await stored(store)).toEqual([16, 17, 18, 19]);
  expect(await store.sessions()).toMatchObject([{ firstSequence: 16, lastSequence: 19, bytes: 40 }]);
});

test('while a write is under way, all that is captured waits for one more write', async () => {
  const { store, keeper } = keeping();
  for (let sequence = 0; sequence < 50; sequence += 1) {
    keeper.add(chunk(sequence));
  }
  await keeper.settled();
  expect(await stored(store)).toHaveLength(50);
  expect(store.writes).toBe(2);
});

test('what was acknowledged before its turn is never written', async () => {
  const { store, keeper } = keeping();
  keeper.add(chunk(0));
  keeper.add(chunk(1));
  keeper.add(chunk(2));
  keeper.acknowledge(1);
  await keeper.settled();
  expect(await stored(store)).toEqual([2]);
});

test('a late, repeated or boundless acknowledgement frees no more than there is', async () => {
  const { store, keeper } = keeping();
  keeper.add(chunk(0));
  keeper.add(chunk(1));
  keeper.acknowledge(0);
  keeper.acknowledge(-1);
  keeper.acknowledge(0);
  expect(keeper.session).toMatchObject({ firstSequence: 1, bytes: 10 });
  keeper.acknowledge(99);
  keeper.add(chunk(2));
  await keeper.settled();
  expect(keeper.session).toMatchObject({ firstSequence: 2, lastSequence: 2, bytes: 10 });
  expect(await stored(store)).toEqual([2]);
});

test('a store that fails is told of once, and capture goes on without it', async () => {
  const { store, keeper, faults } = keeping();
  keeper.add(chunk(0));
  await keeper.settled();
  store.isFailing = true;
  keeper.add(chunk(1));
  await keeper.settled();
  keeper.add(chunk(2));
  await keeper.settled();
  expect(faults).toEqual(['the quota is used up']);
  expect(keeper.isKeeping).toBe(false);
  expect(keeper.session).toMatchObject({ lastSequence: 2, bytes: 30 });
});

test('another page reads back what is left, and lets go of it as the node confirms it', async () => {
  const first = keeping();
  for (let sequence = 0; sequence < 6; sequence += 1) {
    first.keeper.add(chunk(sequence));
  }
  first.keeper.acknowledge(2);
  await first.keeper.settled();
  const [left = keptSession()] = await first.store.sessions();
  const keeper = new SessionKeeper({ store: first.store, session: left });
  expect((await keeper.load()).map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
  keeper.acknowledge(4);
  await keeper.settled();
  expect(await stored(first.store)).toEqual([5]);
  await keeper.forget();
  expect(await first.store.sessions()).toEqual([]);
});

test('a session that is forgotten while it is being written does not come back', async () => {
  const { store, keeper } = keeping();
  keeper.add(chunk(0));
  const forgotten = keeper.forget();
  keeper.add(chunk(1));
  await forgotten;
  await keeper.settled();
  expect(await store.sessions()).toEqual([]);
});
