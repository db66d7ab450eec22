import { expect, onTestFinished, test } from 'vitest';
import { newId } from '../contract/ids';
import type { JobResult, LeasedJob } from '../contract/jobs';
import { createLogger } from '../logger';
import { type DoWork, HopelessJob, type JobSource, JobWorker } from './job-worker';

const nothing: JobResult = { kind: 'poster', bytes: null };

function leased(jobId = newId('job')): LeasedJob {
  const work = {
    kind: 'poster' as const,
    streamId: newId('stream'),
    trim: { startMs: null, endMs: null },
    version: 'v',
  };
  return { jobId, leaseEpoch: 1, work };
}

/** The web's side in this process: it gives out what is in `queue`, and writes down what it is told. */
function source(queue: LeasedJob[], isHeld: () => boolean = () => true) {
  const told: string[] = [];
  const web: JobSource = {
    lease: async (_nodeId, signal) => {
      const next = queue.shift();
      if (next !== undefined) {
        return next;
      }
      told.push('waits');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      return null;
    },
    beat: async ({ jobId }, progress) => {
      told.push(`beat ${jobId} ${progress}`);
      return isHeld();
    },
    complete: async ({ jobId }) => {
      told.push(`complete ${jobId}`);
      return isHeld();
    },
    fail: async ({ jobId }, { reason, isRetryable, isGivenBack }) => {
      told.push(`${isGivenBack ? 'give back' : 'fail'} ${jobId} ${reason} ${isRetryable}`);
      return isHeld();
    },
  };
  return { web, told };
}

function worker(web: JobSource, doWork: DoWork, mayBegin: () => boolean = () => true): JobWorker {
  const logger = createLogger({ level: 'silent' });
  const made = new JobWorker({
    nodeId: newId('node'),
    source: web,
    doWork,
    mayBegin,
    logger,
    pauseMs: 1,
    beatEveryMs: 2,
  });
  onTestFinished(() => made[Symbol.asyncDispose]());
  made.start();
  return made;
}

test('jobs are done one at a time, in turn', async () => {
  const queue = [leased('job_1111111'), leased('job_2222222')];
  const { web, told } = source(queue);
  let running = 0;
  worker(web, async () => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    return nothing;
  });
  await expect
    .poll(() => told.filter((each) => !each.startsWith('beat')))
    .toEqual(['complete job_1111111', 'complete job_2222222', 'waits']);
});

test('nothing is begun while live encoding is behind', async () => {
  let isBusy = true;
  const { web, told } = source([leased('job_1111111')]);
  worker(
    web,
    async () => nothing,
    () => !isBusy,
  );
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(told).toEqual([]);
  isBusy = false;
  await expect.poll(() => told).toContain('complete job_1111111');
});

test('a worker tells how far it is, and stops when its lease is another’s', async () => {
  let isHeld = true;
  const { web, told } = source([leased('job_1111111')], () => isHeld);
  let stopped = false;
  worker(web, async (_work, progress, signal) => {
    progress(0.5);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    stopped = true;
    throw new Error('it was stopped');
  });
  await expect.poll(() => told).toContain('beat job_1111111 0.5');
  isHeld = false;
  await expect.poll(() => stopped).toBe(true);
  await expect.poll(() => told.at(-1)).toBe('waits');
  expect(told.some((each) => each.startsWith('complete') || each.startsWith('fail'))).toBe(false);
});

test('a failure is told, with whether another attempt may help; a node that stops gives its job back', async () => {
  const { web, told } = source([leased('job_1111111'), leased('job_2222222'), leased('job_3333333')]);
  const failures = [new Error('no room'), new HopelessJob('no such take')];
  const made = worker(web, async (_work, _progress, signal) => {
    const failure = failures.shift();
    if (failure !== undefined) {
      throw failure;
    }
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    throw new Error('it was stopped');
  });
  await expect.poll(() => told.some((each) => each.startsWith('beat job_3333333'))).toBe(true);
  await made[Symbol.asyncDispose]();
  expect(told.filter((each) => /^(fail|give)/.test(each))).toEqual([
    'fail job_1111111 no room true',
    'fail job_2222222 no such take false',
    'give back job_3333333 the node stopped true',
  ]);
});
