import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { jobs, nodes, streams, streamTombstones, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import type { DesiredState, ObservedTake } from '../../stream-node/contract/snapshots';
import { completeJob } from '../jobs/complete-job';
import { leaseJob } from '../jobs/lease-job';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { createStream } from '../streams/create-stream';
import { getStreamView } from '../streams/get-stream';
import { testContext } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot, observedTake, staysAlive } from '../testing/test-node';
import { makePerson, type TestPerson } from '../testing/test-people';
import { expireRecordings, noticeDays } from './expire-recordings';
import { getDownloads } from './get-downloads';
import { getRecordingUsage } from './get-recording-usage';
import { planRecordingJobs } from './plan-recording-jobs';
import { trimRecording } from './trim-recording';

const nodeId = newId('node');
const startedAtMs = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const dayMs = 24 * 3_600_000;
const { database, owner, eventId } = await openTestEvent();
afterAll(async () => await database.close());
let streamId: string;
let take: ObservedTake;

beforeEach(async () => {
  await database.db.delete(streams);
  await report([]);
  streamId = newId('stream');
  await database.db.insert(streams).values({
    ...{ id: streamId, ownerId: owner.id, eventId, name: 'Sabina’s voice', kind: 'video', nodeId, state: 'ended' },
    ...{ startedAt: new Date(startedAtMs), endedAt: new Date(startedAtMs + 100_000) },
  });
  take = observedTake(streamId, { startedAtMs, durationSeconds: 100, bytes: 5_000_000, closed: true });
  await report([take]);
});

async function report(takes: ObservedTake[]): Promise<DesiredState> {
  return await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, takes }));
}

const plan = () => planRecordingJobs(database.db, 'fresh');
const view = () => getStreamView(testContext(database, owner), streamId);
const trim = (startSeconds: number | null, endSeconds: number | null, actor: TestPerson = owner) =>
  trimRecording(testContext(database, actor), { streamId, startSeconds, endSeconds });

async function kindsWaiting(): Promise<string[]> {
  const rows = await database.db.select({ kind: jobs.kind }).from(jobs).where(eq(jobs.state, 'waiting'));
  return rows.map(({ kind }) => kind).sort();
}

async function doDownloads(): Promise<void> {
  await database.db.delete(jobs).where(eq(jobs.kind, 'poster'));
  const job = await leaseJob(database.db, nodeId);
  const file = { renditionId: '360p', kind: 'video' as const, file: 'download.mp4', bytes: 4_000_000 };
  const picture = { ...file, durationSeconds: 100, width: 640, height: 360 };
  const sound = {
    ...picture,
    renditionId: 'audio64',
    kind: 'audio' as const,
    file: 'download.m4a',
    width: null,
    height: null,
  };
  if (job !== null) {
    await completeJob(database.db, job, { kind: 'downloads', files: [sound, picture] });
  }
}

describe('what is made of a recording', () => {
  test('is asked for once, when the stream is over and its takes are closed', async () => {
    await database.db.update(streams).set({ state: 'live', endedAt: null });
    const open = observedTake(streamId, { startedAtMs: startedAtMs + 200_000, durationSeconds: 5, closed: false });
    await report([open]);
    await plan();
    expect(await kindsWaiting()).toEqual(['poster']);
    await database.db.update(streams).set({ state: 'ended', endedAt: new Date() });
    expect(await plan()).toBe(0);
    await report([{ ...open, closed: true }]);
    expect(await plan()).toBe(1);
    expect(await plan()).toBe(0);
    const [job] = await database.db.select().from(jobs).where(eq(jobs.kind, 'downloads'));
    expect(job).toMatchObject({ nodeId, input: { takeIds: [take.takeId, open.takeId], title: 'Sabina’s voice' } });
  });

  test('is asked for anew when a take comes late, and what waited for the earlier takes is dropped', async () => {
    await plan();
    await report([observedTake(streamId, { startedAtMs: startedAtMs + 200_000, closed: true })]);
    await plan();
    expect(await kindsWaiting()).toEqual(['downloads', 'poster']);
  });

  test('of a voice is no poster', async () => {
    await database.db.update(streams).set({ kind: 'audio' });
    await plan();
    expect(await kindsWaiting()).toEqual(['downloads']);
  });

  test('is told with its progress, then with sizes and addresses, the picture first', async () => {
    const told = () => getDownloads(testContext(database), { streamId });
    expect(await told()).toMatchObject({ state: 'none', files: [] });
    await plan();
    expect(await told()).toMatchObject({ state: 'preparing', progress: 0 });
    await doDownloads();
    const ready = await told();
    expect(ready.state).toBe('ready');
    expect(ready.files.map(({ url, bytes }) => [url, bytes])).toEqual([
      [`http://127.0.0.1:9/stream/${streamId}/360p/download.mp4`, 4_000_000],
      [`http://127.0.0.1:9/stream/${streamId}/audio64/download.m4a`, 4_000_000],
    ]);
    await database.db.update(streams).set({ visibility: 'private' });
    await expect(told()).rejects.toThrow('no such stream');
    const own = await getDownloads(testContext(database, owner), { streamId });
    expect(own.files[0]?.url).toMatch(/\/~[\w.-]+\/360p\/download\.mp4$/);
  });

  test('is of all of it: the node with the most makes it and borrows the rest, and nothing is made while a part is away', async () => {
    const other = newId('node');
    const later = observedTake(streamId, { startedAtMs: startedAtMs + 200_000, bytes: 1_000_000, closed: true });
    const reportOther = async () =>
      await receiveSnapshot(
        testContext(database),
        nodeSnapshot({ nodeId: other, controlUrl: 'http://127.0.0.1:10', takes: [later] }),
      );
    await plan();
    await doDownloads();
    await reportOther();
    await staysAlive(database.db, nodeId);
    await database.db
      .update(nodes)
      .set({ lastSeenAt: new Date(0) })
      .where(eq(nodes.id, other));
    await plan();
    expect(await kindsWaiting()).toEqual(['poster']);
    const told = () => getDownloads(testContext(database), { streamId });
    expect(await told()).toMatchObject({ state: 'waiting', files: [{}, {}] });
    await staysAlive(database.db, other);
    expect(await plan()).toBe(1);
    expect(await told()).toMatchObject({ state: 'preparing' });
    const isWaiting = and(eq(jobs.state, 'waiting'), eq(jobs.kind, 'downloads'));
    const [job] = await database.db.select().from(jobs).where(isWaiting);
    expect(job).toMatchObject({
      nodeId,
      input: {
        takeIds: [take.takeId, later.takeId],
        elsewhere: [{ nodeUrl: 'http://127.0.0.1:10', takeIds: [later.takeId], bytes: 1_000_000 }],
      },
    });
    await doDownloads();
    expect(await told()).toMatchObject({ state: 'ready', files: [{}, {}] });
    // Where it is away again, what was made of the whole is whole.
    await database.db
      .update(nodes)
      .set({ lastSeenAt: new Date(0) })
      .where(eq(nodes.id, other));
    expect(await told()).toMatchObject({ state: 'ready' });
  });

  test('as a poster is shown with the stream', async () => {
    await plan();
    const job = await leaseJob(database.db, nodeId);
    expect(job?.work.kind).toBe('poster');
    expect((await view()).posterUrl).toBeNull();
    await completeJob(database.db, job ?? { jobId: '', leaseEpoch: 1 }, { kind: 'poster', bytes: 9000 });
    expect((await view()).posterUrl).toMatch(new RegExp(`/stream/${streamId}/poster\\.jpg\\?v=[0-9a-f]+$`));
  });
});

describe('a trim', () => {
  test('shows a stretch, tells the node, asks for files anew, and can be undone', async () => {
    await plan();
    await doDownloads();
    const trimmed = await trim(10, 40);
    expect(trimmed).toMatchObject({
      recordingSeconds: 30,
      wholeRecordingSeconds: 100,
      trim: { startSeconds: 10, endSeconds: 40 },
    });
    const desired = (await report([])).streams.find((each) => each.streamId === streamId);
    const range = { startMs: startedAtMs + 10_000, endMs: startedAtMs + 40_000 };
    expect(desired?.trim).toEqual(range);
    await plan();
    const rows = await database.db.select({ input: jobs.input }).from(jobs).where(eq(jobs.state, 'waiting'));
    expect(rows.map(({ input }) => input.trim)).toEqual([range, range]);
    await doDownloads();
    expect(await trim(null, null)).toMatchObject({ recordingSeconds: 100, trim: null });
    await database.db.delete(jobs).where(eq(jobs.kind, 'poster'));
    await plan();
    const anew = await database.db.select({ input: jobs.input }).from(jobs).where(eq(jobs.state, 'waiting'));
    const whole = { startMs: null, endMs: null };
    expect(anew.filter(({ input }) => input.kind === 'downloads').map(({ input }) => input.trim)).toEqual([whole]);
    expect((await report([])).streams.find((each) => each.streamId === streamId)?.trim).toEqual({
      startMs: null,
      endMs: null,
    });
  });

  test('is its owner’s alone, leaves something, and waits for the end', async () => {
    const fan = await makePerson(database.db, 'Fan');
    await expect(trim(1, 50, fan)).rejects.toThrow('Only its owner');
    await expect(trim(99, null)).rejects.toThrow('at least 4 seconds');
    await database.db.update(streams).set({ state: 'live' });
    await expect(trim(1, 50)).rejects.toThrow('End the stream');
  });
});

describe('the time of a recording', () => {
  const day = async () => (await view()).expiresAt?.getTime() ?? null;
  const expire = (recordingDays: number) => expireRecordings(database.db, { recordingDays });

  test('is told, follows the limit, and comes no sooner than its owner was warned', async () => {
    await expire(0);
    expect(await day()).toBeNull();
    await expire(30);
    expect(await day()).toBe(startedAtMs + 100_000 + 30 * dayMs);
    await expire(1);
    expect(Math.abs(((await day()) ?? 0) - Date.now() - noticeDays * dayMs)).toBeLessThan(60_000);
    const warned = await day();
    await expire(1);
    expect(await day()).toBe(warned);
    await database.db.update(users).set({ recordingDaysMax: 90 }).where(eq(users.id, owner.id));
    await expire(1);
    expect(await day()).toBe(startedAtMs + 100_000 + 90 * dayMs);
    await database.db.update(users).set({ recordingDaysMax: null }).where(eq(users.id, owner.id));
    await expire(0);
    expect(await day()).toBeNull();
  });

  test('ends it as its owner would: the row at once, the media by a tombstone', async () => {
    await expire(1);
    const soon = await getRecordingUsage(testContext(database, owner));
    expect(soon.expiringSoon).toMatchObject({ count: 1 });
    await database.db.update(streams).set({ expiresAt: sql`now() - interval '1 second'`, endedAt: new Date(0) });
    expect(await expire(1)).toEqual([{ streamId, nodeIds: [nodeId] }]);
    expect(await database.db.$count(streams)).toBe(0);
    expect(await database.db.select().from(streamTombstones)).toMatchObject([{ streamId, nodeId }]);
    expect((await report([take])).streams).toMatchObject([{ streamId, action: 'delete' }]);
    await database.db.delete(streamTombstones);
  });
});

test('at the quota a stream goes live without a recording, and its owner is told why', async () => {
  const context = testContext(database, owner);
  const input = { eventId, name: 'Again', kind: 'audio' as const, language: 'ne', record: true };
  await database.db.update(nodes).set({ lastSeenAt: new Date() });
  await database.db.update(users).set({ recordingBytesMax: 5_000_001 }).where(eq(users.id, owner.id));
  expect((await createStream(context, input)).stream).toMatchObject({ record: true, recordingFault: null });
  await database.db.update(users).set({ recordingBytesMax: 5_000_000 }).where(eq(users.id, owner.id));
  const { stream } = await createStream(context, input);
  expect(stream).toMatchObject({ record: false, recordingFault: expect.stringContaining('5 MB of 5 MB') });
  expect(await getRecordingUsage(context)).toMatchObject({ usedBytes: 5_000_000, bytesMax: 5_000_000 });
  expect((await getStreamView(testContext(database), stream.id)).recordingFault).toBeNull();
});

test('journals count in the quota as long as they are there; a snapshot without a word of them changes nothing', async () => {
  const tell = (journals?: { streamId: string; bytes: number }[]) =>
    receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, ...(journals && { journals }) }));
  const used = async () => (await getRecordingUsage(testContext(database, owner))).usedBytes;
  await tell([
    { streamId, bytes: 3_000_000 },
    { streamId: newId('stream'), bytes: 1_000_000 },
  ]);
  expect(await used()).toBe(8_000_000);
  await tell();
  await tell([{ streamId, bytes: 2_000_000 }]);
  expect(await used()).toBe(7_000_000);
  await tell([]);
  expect(await used()).toBe(5_000_000);
});
