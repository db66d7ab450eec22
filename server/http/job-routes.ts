import type { Database } from '../../db/client';
import {
  BeatJobRequest,
  beatJobPath,
  CompleteJobRequest,
  completeJobPath,
  FailJobRequest,
  failJobPath,
  type LeaseAnswer,
  type LeaseJobAnswer,
  LeaseJobRequest,
  leaseJobPath,
} from '../../stream-node/contract/jobs';
import type { ServerEnv } from '../env';
import { parseInput } from '../errors';
import { beatJob } from '../jobs/beat-job';
import { completeJob } from '../jobs/complete-job';
import { failJob } from '../jobs/fail-job';
import type { JobHints } from '../jobs/job-hints';
import { awaitJob } from '../jobs/lease-job';
import { admitNode } from './node-routes';
import { type HttpRequest, jsonAnswer, type Route } from './route';

const jobParam = ':jobId';

/** What the workers of nodes call; `Authorization: Bearer <node secret>`. */
export function jobRoutes({ db, env, hints }: { db: Database; env: ServerEnv; hints: JobHints }): Route[] {
  const post = (path: string, answer: (request: HttpRequest) => Promise<LeaseAnswer | LeaseJobAnswer>): Route => ({
    method: 'POST',
    path,
    admit: admitNode(env),
    handle: async (request) => jsonAnswer(200, await answer(request)),
  });
  const leaseOf = (request: HttpRequest, leaseEpoch: number) => ({ jobId: request.params.jobId ?? '', leaseEpoch });
  return [
    post(leaseJobPath, async (request) => ({
      job: await awaitJob(db, hints, parseInput(LeaseJobRequest, request.json())),
    })),
    post(beatJobPath(jobParam), async (request) => {
      const { leaseEpoch, progress } = parseInput(BeatJobRequest, request.json());
      return { held: await beatJob(db, leaseOf(request, leaseEpoch), progress) };
    }),
    post(completeJobPath(jobParam), async (request) => {
      const { leaseEpoch, result } = parseInput(CompleteJobRequest, request.json());
      return { held: await completeJob(db, leaseOf(request, leaseEpoch), result) };
    }),
    post(failJobPath(jobParam), async (request) => {
      const { leaseEpoch, ...failure } = parseInput(FailJobRequest, request.json());
      return { held: await failJob(db, leaseOf(request, leaseEpoch), failure) };
    }),
  ];
}
