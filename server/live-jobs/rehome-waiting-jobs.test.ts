import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { nodes, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { nodeCandidates } from '../nodes/choose-node';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { testContext } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot, observedStream } from '../testing/test-node';
import { makePerson, type TestPerson } from '../testing/test-people';
import { createLiveJob } from './create-live-job';
import { LiveJobSpecInput } from './job-spec';
import { rehomeWaitingJobs } from './rehome-waiting-jobs';

const [nodeA, nodeB] = [newId('node'), newId('node')];
const longAgo = new Date(0);
let database: TestDatabase;
let owner: TestPerson;
let jobId: string;

const report = async (nodeId: string, job: 'created' | 'live' | null = null) =>
  await receiveSnapshot(
    testContext(database),
    nodeSnapshot({ nodeId, streams: job === null ? [] : [observedStream(jobId, { state: job })] }),
  );
const silence = async (nodeId: string, seconds: number) => {
  await database.db
    .update(nodes)
    .set({ lastSeenAt: sql`now() - make_interval(secs => ${seconds})` })
    .where(eq(nodes.id, nodeId));
  await database.db.update(streams).set({ assignedAt: sql`now() - make_interval(secs => ${seconds})` });
};
const job = async () => (await database.db.select().from(streams).where(eq(streams.id, jobId)))[0];

beforeAll(async () => {
  database = await openTestDatabase();
  owner = await makePerson(database.db, 'Sabina');
});
afterAll(async () => await database.close());
beforeEach(async () => {
  await database.db.delete(streams);
  await database.db.delete(nodes);
  await report(nodeA);
  const Audio_outputs = [{ Label: 'a', Codec: 'aac', Bitrate: '64k' }];
  const spec = LiveJobSpecInput.parse({ Output: { Stream_type: 'hls', Audio_outputs } });
  jobId = (await createLiveJob(testContext(database, owner), spec)).id;
  await report(nodeA, 'created');
  await report(nodeB);
});

test('a live job that waits for its input gets another worker when its own is gone, and waits on as it did', async () => {
  expect(await job()).toMatchObject({ state: 'connecting', nodeId: nodeA });
  await silence(nodeA, 20);
  expect(await rehomeWaitingJobs(database.db, longAgo)).toEqual([nodeB]);
  expect(await job()).toMatchObject({ state: 'connecting', nodeId: nodeB, epoch: 2, mediaNodeId: null });
  expect(await rehomeWaitingJobs(database.db, longAgo)).toEqual([]);
});

test('a job with input is not moved by anybody but its encoder', async () => {
  await report(nodeA, 'live');
  await silence(nodeA, 20);
  expect(await rehomeWaitingJobs(database.db, longAgo)).toEqual([]);
  expect(await job()).toMatchObject({ state: 'live', nodeId: nodeA, epoch: 1 });
});

test('a job holds its place at its worker for as long as it waits for its encoder', async () => {
  const held = async () => {
    const candidates = await nodeCandidates(database.db, 2, { demandPercent: 1 });
    return candidates.find(({ id }) => id === nodeA)?.takenPercent;
  };
  const [row] = await database.db.select().from(streams);
  await database.db.update(streams).set({ assignedAt: sql`now() - interval '10 minutes'` });
  await report(nodeA, 'created');
  expect(await held()).toBe(row?.encoderPercent);
  await report(nodeA, 'live');
  await report(nodeA, 'live');
  expect(await held()).toBe(0);
});

test('nothing is moved for a short silence, nor for one in which nobody could have been heard, nor to nowhere', async () => {
  await silence(nodeA, 5);
  expect(await rehomeWaitingJobs(database.db, longAgo)).toEqual([]);
  await silence(nodeA, 60);
  expect(await rehomeWaitingJobs(database.db, new Date(Date.now() - 5000))).toEqual([]);
  await database.db.update(nodes).set({ draining: true }).where(eq(nodes.id, nodeB));
  expect(await rehomeWaitingJobs(database.db, longAgo)).toEqual([]);
  expect(await job()).toMatchObject({ nodeId: nodeA, epoch: 1 });
});
