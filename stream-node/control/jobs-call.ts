import type { z } from 'zod';
import {
  beatJobPath,
  completeJobPath,
  failJobPath,
  type JobFailure,
  type JobResult,
  LeaseAnswer,
  type LeasedJob,
  LeaseJobAnswer,
  leaseJobPath,
  leaseWaitSeconds,
} from '../contract/jobs';

/** How long the web may take for an answer that it need not wait with, in milliseconds. */
const answerTimeoutMs = 10_000;

/** The node's side of the job contract. Every call throws where the web cannot be reached or answers something else. */
export class JobsCall {
  constructor(private readonly web: { webUrl: string; nodeSecret: string }) {}

  /** Waits for a job for as long as the web holds the call. */
  async lease(nodeId: string, signal: AbortSignal): Promise<LeasedJob | null> {
    const timeout = AbortSignal.timeout(leaseWaitSeconds * 1000 + answerTimeoutMs);
    return (await this.#post(leaseJobPath, { nodeId }, LeaseJobAnswer, AbortSignal.any([signal, timeout]))).job;
  }

  /** @returns false when the lease is another's */
  async beat({ jobId, leaseEpoch }: LeasedJob, progress: number): Promise<boolean> {
    return (await this.#post(beatJobPath(jobId), { leaseEpoch, progress }, LeaseAnswer)).held;
  }

  async complete({ jobId, leaseEpoch }: LeasedJob, result: JobResult): Promise<boolean> {
    return (await this.#post(completeJobPath(jobId), { leaseEpoch, result }, LeaseAnswer)).held;
  }

  async fail({ jobId, leaseEpoch }: LeasedJob, failure: JobFailure): Promise<boolean> {
    return (await this.#post(failJobPath(jobId), { leaseEpoch, ...failure }, LeaseAnswer)).held;
  }

  async #post<Schema extends z.ZodType>(
    path: string,
    body: object,
    schema: Schema,
    signal: AbortSignal = AbortSignal.timeout(answerTimeoutMs),
  ): Promise<z.output<Schema>> {
    const response = await fetch(`${this.web.webUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.web.nodeSecret}` },
      body: JSON.stringify(body),
      redirect: 'error',
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the web answered ${response.status}`);
    }
    return schema.parse(await response.json());
  }
}
