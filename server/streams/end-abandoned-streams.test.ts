import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { nodes, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { testContext } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot } from '../testing/test-node';
import { endAbandonedStreams } from './end-abandoned-streams';

const nodeId = newId('node');
const longAgo = new Date(0);
const { database, owner, eventId } = await openTestEvent();
afterAll(async () => await database.close());
await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId }));

beforeEach(async () => {
  await database.db.delete(streams);
  await database.db.update(nodes).set({ lastSeenAt: sql`now()` });
});

async function stream(values: Partial<typeof streams.$inferInsert>): Promise<() => Promise<string | undefined>> {
  const id = newId('stream');
  await database.db
    .insert(streams)
    .values({ id, ownerId: owner.id, eventId, nodeId, name: 'A voice', kind: 'audio', graceSeconds: 120, ...values });
  return async () => (await database.db.select().from(streams).where(eq(streams.id, id)))[0]?.state;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

test('a stream whose node is silent for longer than the grace window is ended', async () => {
  const state = await stream({ state: 'live' });
  await database.db.update(nodes).set({ lastSeenAt: minutesAgo(2) });
  await endAbandonedStreams(database.db, longAgo);
  expect(await state()).toBe('live');
  await database.db.update(nodes).set({ lastSeenAt: minutesAgo(3) });
  await endAbandonedStreams(database.db, longAgo);
  expect(await state()).toBe('ended');
});

test('nothing is ended for a silence in which nobody could have been heard', async () => {
  const state = await stream({ state: 'live' });
  await database.db.update(nodes).set({ lastSeenAt: minutesAgo(60) });
  await endAbandonedStreams(database.db, minutesAgo(1));
  expect(await state()).toBe('live');
});

test('an interrupted stream that its node has forgotten is ended after the grace window', async () => {
  const recent = await stream({ state: 'interrupted', stateChangedAt: minutesAgo(1) });
  const old = await stream({ state: 'interrupted', stateChangedAt: minutesAgo(3) });
  await endAbandonedStreams(database.db, longAgo);
  expect(await recent()).toBe('interrupted');
  expect(await old()).toBe('ended');
});

test('streams that wait for their owner, or are parked, are left alone', async () => {
  const created = await stream({ state: 'created', stateChangedAt: minutesAgo(600) });
  const parked = await stream({ state: 'parked', stateChangedAt: minutesAgo(600) });
  await database.db.update(nodes).set({ lastSeenAt: minutesAgo(600) });
  await endAbandonedStreams(database.db, longAgo);
  expect([await created(), await parked()]).toEqual(['created', 'parked']);
});
