import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { presence } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { askNowPath, type ObservedStream } from '../../stream-node/contract/snapshots';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { callerOf, testContext, testNodeSecret } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot, observedStream, observedTake } from '../testing/test-node';
import type { TestPerson } from '../testing/test-people';

const nodeId = newId('node');
const { database, owner, eventId } = await openTestEvent();
let nodeServer: http.Server;
/** what the node was asked, as `METHOD path authorization` */
const asked: string[] = [];

async function report(streams: ObservedStream[] = [], takes = [] as ReturnType<typeof observedTake>[]): Promise<void> {
  const { port } = nodeServer.address() as AddressInfo;
  const urls = { publicUrl: `http://127.0.0.1:${port}/`, controlUrl: `http://127.0.0.1:${port}/` };
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, ...urls, streams, takes }));
}

beforeAll(async () => {
  nodeServer = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end();
  });
  await new Promise<void>((resolve) => nodeServer.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  nodeServer.close();
  await database.close();
});

const calls = (actor: TestPerson | null = owner) => callerOf(database, actor).streams;

async function create(values: { name?: string; record?: boolean } = {}) {
  await report();
  asked.length = 0;
  return await calls().create({ eventId, name: 'A voice', kind: 'audio', language: 'ne', record: true, ...values });
}

describe('a stream', () => {
  test('is made at a node, whose address its maker gets, and the node is told at once', async () => {
    const { stream, publish } = await create();
    const { port } = nodeServer.address() as AddressInfo;
    expect(publish.websocketUrl).toBe(`ws://127.0.0.1:${port}/ingest`);
    expect(publish.expiresAtMs).toBeGreaterThan(Date.now() + 60_000);
    expect(stream).toMatchObject({ state: 'created', playback: null, startedAt: null, viewers: 0 });
    expect(asked).toEqual([`POST ${askNowPath} Bearer ${testNodeSecret}`]);
  });

  test.each([
    [{ name: ' ' }, /^name: must not be empty/],
    [{ language: 'no language' }, /^language: must be a BCP 47/],
    [{ kind: 'hologram' as never }, /^kind: must be audio or video/],
  ])('with %j is refused by field and rule', async (values, message) => {
    const input = { eventId, name: 'A voice', kind: 'audio' as const, language: 'en', record: true, ...values };
    await expect(calls().create(input)).rejects.toMatchObject({ code: 'BAD_REQUEST', message });
  });

  test('of an event that does not exist is refused', async () => {
    const input = { name: 'A voice', kind: 'audio' as const, language: 'en', record: true };
    await expect(calls().create({ ...input, eventId: newId('event') })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('ends once, tells its node at once, and ending it again changes nothing', async () => {
    const { stream } = await create();
    await report([observedStream(stream.id, { startedAtMs: Date.now() })]);
    asked.length = 0;
    const first = await calls().end({ streamId: stream.id });
    expect(first.state).toBe('ended');
    expect(asked).toHaveLength(1);
    expect(await calls().end({ streamId: stream.id })).toEqual(first);
    expect(asked).toHaveLength(1);
  });

  test('counts its viewers by fresh presence and what the node says of foreign players', async () => {
    const { stream } = await create();
    await report([observedStream(stream.id, { foreignViewers: 4 })]);
    await database.db.insert(presence).values([
      { webProcessId: 'one', streamId: stream.id, viewers: 2 },
      { webProcessId: 'two', streamId: stream.id, viewers: 3 },
      { webProcessId: 'dead', streamId: stream.id, viewers: 50, updatedAt: sql`now() - interval '1 minute'` },
    ]);
    const viewers = async () => (await calls(null).get({ streamId: stream.id })).stream.viewers;
    expect(await viewers()).toBe(9);
    await database.db.delete(presence).where(eq(presence.streamId, stream.id));
    await calls().end({ streamId: stream.id });
    expect(await viewers()).toBe(0);
  });

  test('that has ended plays its recording, if there is one', async () => {
    const recorded = (await create()).stream.id;
    await report([observedStream(recorded, { startedAtMs: 1000 })], [observedTake(recorded, { durationSeconds: 30 })]);
    const ended = await calls().end({ streamId: recorded });
    expect(ended).toMatchObject({ hasRecording: true, recordingSeconds: 30, liveEdgeMs: null });
    expect(ended.playback?.recording).toMatch(/\/recording\.m3u8$/);
    expect(ended.playback?.dash).toMatch(/\/manifest\.mpd$/);
    const unrecorded = (await create({ record: false })).stream.id;
    await report([observedStream(unrecorded, { startedAtMs: 1000 })]);
    expect(await calls().end({ streamId: unrecorded })).toMatchObject({ hasRecording: false, playback: null });
  });

  test("is in its owner's list, newest first, and counts as published once it was on air", async () => {
    const before = (await callerOf(database).users.get({ userId: owner.id })).published;
    const { stream } = await create({ name: 'The newest' });
    expect((await calls().listMine())[0]).toMatchObject({ stream: { id: stream.id }, event: { id: eventId } });
    await report([observedStream(stream.id, { startedAtMs: Date.now() })]);
    const profile = await callerOf(database).users.get({ userId: owner.id });
    expect(profile.published).toBe(before + 1);
    expect(profile.streams[0]?.name).toBe('The newest');
  });
});
