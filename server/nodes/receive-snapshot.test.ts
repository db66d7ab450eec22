import { eq } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { nodes, streams, takes } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import type { DesiredState, NodeSnapshot } from '../../stream-node/contract/snapshots';
import { deleteStream } from '../streams/delete-stream';
import { endStream } from '../streams/end-stream';
import { getStreamView } from '../streams/get-stream';
import { testContext } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot, observedStream, observedTake } from '../testing/test-node';
import { grantKeys } from './grant-keys';
import { receiveSnapshot } from './receive-snapshot';

const nodeId = newId('node');
const { database, owner, eventId } = await openTestEvent();
afterAll(async () => await database.close());
let streamId: string;

beforeEach(async () => {
  await report();
  streamId = newId('stream');
  await database.db
    .insert(streams)
    .values({ id: streamId, ownerId: owner.id, eventId, name: 'A voice', kind: 'audio', nodeId });
});

async function report(changes: Partial<NodeSnapshot> = {}): Promise<DesiredState> {
  return await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, ...changes }));
}

async function row(): Promise<typeof streams.$inferSelect> {
  const [found] = await database.db.select().from(streams).where(eq(streams.id, streamId));
  if (found === undefined) {
    throw new Error('the stream is gone');
  }
  return found;
}

const desired = (answer: DesiredState) => answer.streams.find((stream) => stream.streamId === streamId);

describe("a node's snapshot", () => {
  test('registers the node and is answered with its whole desired state', async () => {
    const answer = await report();
    expect(await database.db.$count(nodes)).toBe(1);
    expect(desired(answer)).toMatchObject({
      epoch: 1,
      action: 'run',
      kind: 'audio',
      profile: 'balanced',
      record: true,
    });
    expect(answer.grantPublicKey).toEqual(grantKeys('a secret for tests alone').publicKey);
    expect(answer.webOrigins).toContain('http://localhost:8000');
  });

  test('puts a stream on air, with the time its first media was published', async () => {
    const startedAtMs = Date.now() - 5000;
    await report({ streams: [observedStream(streamId, { startedAtMs, liveEdgeMs: startedAtMs + 4000 })] });
    expect(await row()).toMatchObject({ state: 'live', startedAt: new Date(startedAtMs) });
    const view = await getStreamView(testContext(database), streamId);
    expect(view.playback?.hls).toBe(`http://127.0.0.1:9/stream/${streamId}/index.m3u8`);
    expect(view.liveEdgeMs).toBe(startedAtMs + 4000);
  });

  test('changes nothing when it comes twice', async () => {
    const snapshot = { streams: [observedStream(streamId, { startedAtMs: 1_000 })], takes: [observedTake(streamId)] };
    const first = await report(snapshot);
    const before = [await row(), await database.db.select().from(takes)];
    const second = await report(snapshot);
    expect([await row(), await database.db.select().from(takes)]).toEqual(before);
    expect({ ...second, serverTimeMs: 0 }).toEqual({ ...first, serverTimeMs: 0 });
  });

  test('that reports the end of the grace window ends the stream, with a reason', async () => {
    await report({ streams: [observedStream(streamId, { state: 'interrupted' })] });
    expect((await row()).state).toBe('interrupted');
    const answer = await report({ streams: [observedStream(streamId, { state: 'ended' })] });
    const ended = await row();
    expect(ended.state).toBe('ended');
    expect(ended.endedAt).toBeInstanceOf(Date);
    expect(ended.reason).toMatch(/did not come back/);
    expect(desired(answer)?.action).toBe('end');
  });

  test('of an older epoch, or from a node that does not have the stream, changes nothing', async () => {
    await database.db.update(streams).set({ epoch: 2 }).where(eq(streams.id, streamId));
    await report({ streams: [observedStream(streamId)] });
    expect((await row()).state).toBe('created');
    const other = await report({ nodeId: newId('node'), streams: [observedStream(streamId, { epoch: 2 })] });
    expect((await row()).state).toBe('created');
    expect(desired(other)).toMatchObject({ action: 'end', epoch: 2 });
  });

  test('that says "live" does not bring an ended stream back', async () => {
    await report({ streams: [observedStream(streamId, { startedAtMs: 1000 })] });
    await endStream(testContext(database, owner), { streamId });
    const answer = await report({ streams: [observedStream(streamId, { startedAtMs: 1000 })] });
    expect((await row()).state).toBe('ended');
    expect(desired(answer)?.action).toBe('end');
  });

  test('without a stream that was on air means its publisher is gone', async () => {
    await report({ streams: [observedStream(streamId, { foreignViewers: 3 })] });
    await report({ bootId: 'another-boot' });
    expect(await row()).toMatchObject({ state: 'interrupted', observed: null });
    await report({ streams: [observedStream(streamId)] });
    expect((await row()).state).toBe('live');
  });

  test('carries takes, which are confirmed once they are closed, and then never change', async () => {
    const take = observedTake(streamId);
    expect((await report({ takes: [take] })).confirmedTakeIds).toEqual([]);
    const closed = { ...take, closed: true, durationSeconds: 60 };
    expect((await report({ takes: [closed] })).confirmedTakeIds).toEqual([take.takeId]);
    expect((await report({ takes: [{ ...take, durationSeconds: 1 }] })).confirmedTakeIds).toEqual([take.takeId]);
    const view = await getStreamView(testContext(database), streamId);
    expect(view).toMatchObject({ hasRecording: true, recordingSeconds: 60 });
  });

  test('with takes of a stream that nobody knows neither confirms nor deletes them', async () => {
    const foreign = observedTake(newId('stream'), { closed: true });
    const answer = await report({ takes: [foreign] });
    expect(answer.confirmedTakeIds).toEqual([]);
    expect(answer.streams.map((stream) => stream.streamId)).not.toContain(foreign.streamId);
  });

  test('after a deletion is answered with the order to delete, again and again', async () => {
    const take = observedTake(streamId, { closed: true });
    await report({ streams: [observedStream(streamId, { startedAtMs: 1000 })], takes: [take] });
    await endStream(testContext(database, owner), { streamId });
    await deleteStream(testContext(database, owner), { streamId });
    expect(await database.db.$count(takes, eq(takes.id, take.takeId))).toBe(0);
    expect(desired(await report({ takes: [take] }))?.action).toBe('delete');
    expect(desired(await report())?.action).toBe('delete');
  });
});
