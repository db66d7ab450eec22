import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { nodes, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import type { DesiredStream, NodeSnapshot } from '../../stream-node/contract/snapshots';
import { getStreamView } from '../streams/get-stream';
import { callerOf, testContext } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot, observedStream } from '../testing/test-node';
import { startTestWeb } from '../testing/test-web';
import { drainNode } from './drain-node';
import { receiveSnapshot } from './receive-snapshot';

const [nodeA, nodeB] = [newId('node'), newId('node')];
const urlOf: Record<string, string> = { [nodeA]: 'http://node-a.test', [nodeB]: 'http://node-b.test' };
const { database, owner, eventId } = await openTestEvent();
afterAll(async () => await database.close());
let streamId: string;

const report = async (nodeId: string, changes: Partial<NodeSnapshot> = {}) =>
  await receiveSnapshot(
    testContext(database),
    nodeSnapshot({ nodeId, publicUrl: urlOf[nodeId] ?? 'http://node.test', ...changes }),
  );
const renew = async (backfill = false) =>
  (await callerOf(database, owner).streams.renewPublishGrant({ streamId, backfill })).publish.websocketUrl;
const desired = async (nodeId: string): Promise<DesiredStream | undefined> =>
  (await report(nodeId)).streams.find((stream) => stream.streamId === streamId);
const isSilent = async (nodeId: string, seconds = 3) =>
  await database.db
    .update(nodes)
    .set({ lastSeenAt: sql`now() - make_interval(secs => ${seconds})` })
    .where(eq(nodes.id, nodeId));
const playback = async () => (await getStreamView(testContext(database), streamId)).playback?.hls;
const [atA, atB] = ['ws://node-a.test/ingest', 'ws://node-b.test/ingest'];

beforeEach(async () => {
  await database.db.delete(streams);
  await database.db.delete(nodes);
  await report(nodeA);
  streamId = newId('stream');
  await database.db
    .insert(streams)
    .values({ id: streamId, ownerId: owner.id, eventId, name: 'A voice', kind: 'audio', nodeId: nodeA });
  await report(nodeA, { streams: [observedStream(streamId, { startedAtMs: 1000 })] });
  await report(nodeB);
});

describe('a publisher without a connection', () => {
  test('stays with a node that is well', async () => {
    expect(await renew()).toBe(atA);
    expect(await desired(nodeA)).toMatchObject({ epoch: 1, action: 'run' });
  });

  test('moves away from a silent node, once, and the silent one hears of it when it is back', async () => {
    await isSilent(nodeA);
    expect(await renew()).toBe(atB);
    expect(await renew()).toBe(atB);
    expect(await desired(nodeB)).toMatchObject({ epoch: 2, action: 'run', formerHomes: [urlOf[nodeA]] });
    expect(await desired(nodeA)).toMatchObject({ epoch: 2, action: 'end', home: urlOf[nodeB] });
  });

  test('moves once, though ten of its pages ask at the same time', async () => {
    await isSilent(nodeA);
    expect(new Set(await Promise.all(Array.from({ length: 10 }, () => renew())))).toEqual(new Set([atB]));
    expect(await desired(nodeB)).toMatchObject({ epoch: 2 });
  });

  test('stays where it is when no other node can take it', async () => {
    await isSilent(nodeA);
    await report(nodeB, { capacity: { encoderSlots: 0, viewers: 10 } });
    expect(await renew()).toBe(atA);
  });

  test('moves away from a node that has no encoder for it', async () => {
    const capacity = { encoderSlots: 1, viewers: 10 };
    await report(nodeA, { capacity, load: { publishers: 1, viewers: 0 }, streams: [] });
    expect(await renew()).toBe(atB);
  });

  test('does not move for the rest of an earlier session', async () => {
    await isSilent(nodeA);
    expect(await renew(true)).toBe(atA);
  });
});

test('viewers and redirects stay with the former node until the new one has media, and then follow', async () => {
  const web = await startTestWeb(database);
  const redirect = async () =>
    (await fetch(`${web.url}/stream/${streamId}/index.m3u8`, { redirect: 'manual' })).headers.get('location');
  const path = `/stream/${streamId}/index.m3u8`;
  try {
    await isSilent(nodeA);
    await renew();
    await report(nodeB, { streams: [observedStream(streamId, { epoch: 2, state: 'connecting' })] });
    expect(await playback()).toBe(urlOf[nodeA] + path);
    expect(await redirect()).toBe(urlOf[nodeA] + path);
    await report(nodeB, { streams: [observedStream(streamId, { epoch: 2, startedAtMs: 2000 })] });
    expect(await playback()).toBe(urlOf[nodeB] + path);
    expect(await redirect()).toBe(urlOf[nodeB] + path);
  } finally {
    await web.close();
  }
});

test('a stream that is on its way to a node holds a place there', async () => {
  await isSilent(nodeA, 6);
  await renew();
  const [nodeC, small] = [newId('node'), { capacity: { encoderSlots: 1, viewers: 10 } }];
  await report(nodeB, small);
  await report(nodeC, small);
  const create = () =>
    callerOf(database, owner).streams.create({ eventId, name: 'x', kind: 'video', language: 'en', record: true });
  expect((await create()).publish.websocketUrl).toBe('ws://node.test/ingest');
  await expect(create()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('a drained node gets no new streams, keeps what it has until asked, and its publishers then move', async () => {
  await drainNode(testContext(database), { nodeId: nodeA, isWanted: true });
  const answer = await report(nodeA, { streams: [observedStream(streamId, { startedAtMs: 1000 })] });
  expect(answer).toMatchObject({ drain: true, hasRoomElsewhere: true });
  expect(answer.streams.find((stream) => stream.streamId === streamId)).toMatchObject({ action: 'run' });
  expect(await renew()).toBe(atB);
  await drainNode(testContext(database), { nodeId: nodeA, isWanted: false });
  expect((await report(nodeA)).drain).toBe(false);
  await isSilent(nodeB);
  expect(await renew()).toBe(atA);
  await expect(drainNode(testContext(database), { nodeId: newId('node'), isWanted: true })).rejects.toMatchObject({
    code: 'not_found',
  });
});
