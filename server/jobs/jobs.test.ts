import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { downloads, events, jobs, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import {
  completeJobPath,
  type JobWork,
  LeaseAnswer,
  type LeasedJob,
  LeaseJobAnswer,
  leaseJobPath,
} from '../../stream-node/contract/jobs';
import { openPostgresBus } from '../bus/postgres-bus';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { silentLogger, testContext, testNodeSecret } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot } from '../testing/test-node';
import { makePerson } from '../testing/test-people';
import { startTestWeb } from '../testing/test-web';
import { beatJob } from './beat-job';
import { completeJob } from './complete-job';
import { enqueueJob } from './enqueue-job';
import { failJob } from './fail-job';
import { JobHints } from './job-hints';
import { attemptsMax, awaitJob, leaseJob } from './lease-job';

const nodeIds = [newId('node'), newId('node'), newId('node')];
const [nodeId = '', otherNodeId = ''] = nodeIds;
const streamId = newId('stream');
let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  const { db } = database;
  for (const id of nodeIds) {
    await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId: id }));
  }
  const owner = await makePerson(db, 'Sabina');
  const eventId = newId('event');
  await db.insert(events).values({ id: eventId, ownerId: owner.id, name: 'Nepal v Kenya' });
  await db.insert(streams).values({ id: streamId, eventId, ownerId: owner.id, nodeId, name: 'A voice', kind: 'audio' });
});
afterAll(async () => await database.close());
beforeEach(async () => void (await database.db.delete(jobs)));

const trim = { startMs: null, endMs: null };
const poster: JobWork = { kind: 'poster', streamId, trim, version: 'v1' };
const nothing = { kind: 'poster', bytes: null } as const;

async function add(work: JobWork = poster, pinnedTo: string | null = null, dedupeKey: string | null = null) {
  return await enqueueJob(database.db, { work, nodeId: pinnedTo, dedupeKey });
}

async function row(jobId: string) {
  const [found] = await database.db.select().from(jobs).where(eq(jobs.id, jobId));
  return found;
}

async function runOut(jobId: string): Promise<void> {
  await database.db.update(jobs).set({ leaseUntil: sql`now() - interval '1 second'` }).where(eq(jobs.id, jobId));
}

describe('a job', () => {
  test('goes to one node alone, though all ask at once', async () => {
    const added = await Promise.all([add(), add(), add()]);
    const leased = await Promise.all([...nodeIds, ...nodeIds].map((id) => leaseJob(database.db, id)));
    const ids = leased.flatMap((job) => job?.jobId ?? []);
    expect(ids.toSorted()).toEqual(added.toSorted());
  });

  test('that needs what one node has goes to no other', async () => {
    await add(poster, otherNodeId);
    expect(await leaseJob(database.db, nodeId)).toBeNull();
    expect(await leaseJob(database.db, otherNodeId)).toMatchObject({ leaseEpoch: 1, work: poster });
  });

  test('that people wait for comes before one that was there earlier', async () => {
    await add({ kind: 'downloads', streamId, title: 'A voice', takeIds: [newId('take')], trim, version: 'v1' });
    const urgent = await add();
    expect((await leaseJob(database.db, nodeId))?.jobId).toBe(urgent);
  });

  test('is asked for once, however often it is added', async () => {
    expect(await add(poster, null, 'poster:1')).not.toBeNull();
    expect(await add(poster, null, 'poster:1')).toBeNull();
    expect(await database.db.$count(jobs)).toBe(1);
  });

  test('that fails is tried again after a pause, and given up after some attempts or at once', async () => {
    const jobId = (await add()) ?? '';
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      expect(await leaseJob(database.db, nodeId)).toMatchObject({ leaseEpoch: attempt });
      await failJob(database.db, { jobId, leaseEpoch: attempt }, { reason: 'no room', isRetryable: true });
      expect(await leaseJob(database.db, nodeId)).toBeNull();
      await database.db.update(jobs).set({ readyAt: sql`now()` });
    }
    expect(await row(jobId)).toMatchObject({ state: 'failed', lastError: 'no room' });
    const hopeless = (await add()) ?? '';
    await leaseJob(database.db, nodeId);
    await failJob(database.db, { jobId: hopeless, leaseEpoch: 1 }, { reason: 'no such take', isRetryable: false });
    expect(await row(hopeless)).toMatchObject({ state: 'failed', lastError: 'no such take' });
  });

  test('that a worker gives back, because it goes away, goes to the next at once and as often as it must', async () => {
    const jobId = (await add()) ?? '';
    const gone = { reason: 'the node stopped', isRetryable: true, isGivenBack: true };
    for (let leaseEpoch = 1; leaseEpoch <= 2 * attemptsMax; leaseEpoch += 1) {
      expect(await leaseJob(database.db, nodeId)).toMatchObject({ jobId, leaseEpoch });
      await failJob(database.db, { jobId, leaseEpoch }, gone);
    }
  });

  test('whose workers all disappear is given up', async () => {
    const jobId = (await add()) ?? '';
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      await leaseJob(database.db, nodeId);
      await runOut(jobId);
    }
    expect(await leaseJob(database.db, nodeId)).toBeNull();
    expect(await row(jobId)).toMatchObject({ state: 'failed' });
  });

  test('keeps its result with its end, and takes no result of another kind', async () => {
    const takeIds = [newId('take')];
    const jobId = (await add({ kind: 'downloads', streamId, title: 'A voice', takeIds, trim, version: 'v7' })) ?? '';
    await leaseJob(database.db, nodeId);
    const lease = { jobId, leaseEpoch: 1 };
    await expect(completeJob(database.db, lease, nothing)).rejects.toThrow('result.kind');
    const file = { renditionId: 'audio64', kind: 'audio' as const, file: 'download.m4a', bytes: 9, durationSeconds: 2 };
    const files = [{ ...file, width: null, height: null }];
    expect(await completeJob(database.db, lease, { kind: 'downloads', files })).toBe(true);
    expect(await database.db.select().from(downloads)).toMatchObject([{ ...file, streamId, nodeId, version: 'v7' }]);
    expect(await completeJob(database.db, lease, { kind: 'downloads', files: [] })).toBe(false);
    expect(await database.db.$count(downloads)).toBe(1);
  });
});

test('a call that waits for a job is woken by the bus', async () => {
  const bus = await openPostgresBus(database.url, silentLogger);
  const hints = new JobHints(bus);
  const waiting = awaitJob(database.db, hints, { nodeId, waitSeconds: 20 });
  const startedAtMs = performance.now();
  const jobId = await add();
  expect((await waiting)?.jobId).toBe(jobId);
  expect(performance.now() - startedAtMs).toBeLessThan(4000);
  const pointless = awaitJob(database.db, hints, { nodeId, waitSeconds: 20 });
  await hints.close();
  expect(await pointless).toBeNull();
  await bus.close();
});

test('over HTTP only a node with the secret takes jobs, and bad words are refused by name', async () => {
  const web = await startTestWeb(database);
  const call = (path: string, body: object, secret = testNodeSecret) =>
    fetch(`${web.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify(body),
    });
  const jobId = (await add()) ?? '';
  expect((await call(leaseJobPath, { nodeId }, 'a wrong secret')).status).toBe(401);
  const { job } = LeaseJobAnswer.parse(await (await call(leaseJobPath, { nodeId, waitSeconds: 0 })).json());
  expect(job).toEqual({ jobId, leaseEpoch: 1, work: poster });
  const bad = await call(completeJobPath(jobId), { leaseEpoch: 0, result: nothing });
  expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('leaseEpoch')]);
  const late = await call(completeJobPath(jobId), { leaseEpoch: 2, result: nothing });
  expect(LeaseAnswer.parse(await late.json())).toEqual({ held: false });
  const good = await call(completeJobPath(jobId), { leaseEpoch: 1, result: nothing });
  expect(LeaseAnswer.parse(await good.json())).toEqual({ held: true });
  await web.close();
});

const Step = fc.record({
  act: fc.constantFrom('lease', 'beat', 'complete', 'fail', 'run out', 'add'),
  worker: fc.nat({ max: nodeIds.length - 1 }),
  pick: fc.nat({ max: 5 }),
});

test('whatever workers do, in whatever order: the newest lease of a job is the only one that counts', async () => {
  vi.setConfig({ testTimeout: 60_000 });
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 10, maxLength: 30 }), async (steps) => {
      await database.db.delete(jobs);
      /** every lease ever given, and what a job is thought to be */
      const leases: LeasedJob[] = [];
      const model = new Map<string, { epoch: number; state: 'waiting' | 'leased' | 'over' }>();
      for (const { act, worker, pick } of steps) {
        const lease = leases[pick % Math.max(1, leases.length)];
        const known = lease && model.get(lease.jobId);
        const isHeld = lease !== undefined && known?.state === 'leased' && known.epoch === lease.leaseEpoch;
        if (act === 'add') {
          model.set((await add()) ?? '', { epoch: 0, state: 'waiting' });
        } else if (act === 'lease') {
          const given = await leaseJob(database.db, nodeIds[worker] ?? '');
          const before = given && model.get(given.jobId);
          const hasWaiting = [...model.values()].some(({ state, epoch }) => state === 'waiting' && epoch < attemptsMax);
          expect(given !== null).toBe(hasWaiting);
          if (given !== null) {
            expect(before).toEqual({ epoch: given.leaseEpoch - 1, state: 'waiting' });
            model.set(given.jobId, { epoch: given.leaseEpoch, state: 'leased' });
            leases.push(given);
          }
        } else if (lease !== undefined && act === 'beat') {
          expect(await beatJob(database.db, lease, 0.5)).toBe(isHeld);
        } else if (lease !== undefined && act === 'complete') {
          expect(await completeJob(database.db, lease, nothing)).toBe(isHeld);
          isHeld && model.set(lease.jobId, { epoch: lease.leaseEpoch, state: 'over' });
        } else if (lease !== undefined && act === 'fail') {
          expect(await failJob(database.db, lease, { reason: 'x', isRetryable: false })).toBe(isHeld);
          isHeld && model.set(lease.jobId, { epoch: lease.leaseEpoch, state: 'over' });
        } else if (lease !== undefined && act === 'run out' && isHeld) {
          // Only the next lease tells: until then the work may still be handed in, so the model lets it wait and it is leased.
          await runOut(lease.jobId);
          const next = await leaseJob(database.db, nodeIds[worker] ?? '');
          if (next !== null) {
            leases.push(next);
            model.set(next.jobId, { epoch: next.leaseEpoch, state: 'leased' });
          }
          if (next?.jobId !== lease.jobId) {
            const isSpent = lease.leaseEpoch >= attemptsMax;
            isSpent
              ? model.set(lease.jobId, { epoch: lease.leaseEpoch, state: 'over' })
              : await beatJob(database.db, lease, 0);
          }
        }
      }
    }),
    { numRuns: 12 },
  );
});
