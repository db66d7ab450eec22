import { type JobFailure, type JobResult, type JobWork, type LeasedJob, leaseSeconds } from '../contract/jobs';
import type { Logger } from '../logger';

/** What a worker asks of the web; each call rejects where the web cannot be reached. */
export type JobSource = {
  lease(nodeId: string, signal: AbortSignal): Promise<LeasedJob | null>;
  beat(job: LeasedJob, progress: number): Promise<boolean>;
  complete(job: LeasedJob, result: JobResult): Promise<boolean>;
  fail(job: LeasedJob, failure: JobFailure): Promise<boolean>;
};

/** How a piece of work is done. It stops when `signal` aborts; what it throws counts as a failed attempt. */
export type DoWork = (work: JobWork, progress: (share: number) => void, signal: AbortSignal) => Promise<JobResult>;

/** Another attempt cannot help. The message is kept with the job. */
export class HopelessJob extends Error {
  override readonly name = 'HopelessJob';
}

export type JobWorkerOptions = {
  nodeId: string;
  source: JobSource;
  doWork: DoWork;
  /** Live encoding goes first: while this is false nothing is begun. */
  mayBegin: () => boolean;
  logger: Logger;
  /** between looks while nothing may be begun, and before another try at a web that cannot be reached, in milliseconds */
  pauseMs?: number;
  beatEveryMs?: number;
};

/** Does the web's jobs, one at a time, as long as live encoding keeps up. */
export class JobWorker implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #options: Required<JobWorkerOptions>;
  #running: Promise<void> | undefined;
  /** told once, not at each try */
  #isTroubled = false;

  constructor(options: JobWorkerOptions) {
    this.#options = { pauseMs: 5000, beatEveryMs: (leaseSeconds * 1000) / 3, ...options };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    const { nodeId, source, mayBegin, logger } = this.#options;
    while (!this.#stop.signal.aborted) {
      if (!mayBegin()) {
        await this.#pause();
        continue;
      }
      try {
        const job = await source.lease(nodeId, this.#stop.signal);
        this.#isTroubled = false;
        if (job !== null) {
          await this.#do(job);
        }
      } catch (error) {
        if (!this.#isTroubled && !this.#stop.signal.aborted) {
          this.#isTroubled = true;
          logger.info({ reason: wordsOf(error) }, 'the web cannot be asked for jobs; tried again');
        }
        await this.#pause();
      }
    }
  }

  async #do(job: LeasedJob): Promise<void> {
    const { source, doWork, logger, beatEveryMs } = this.#options;
    const { jobId, work } = job;
    const lost = new AbortController();
    let progress = 0;
    // A web that is away for a while is no reason to stop: the lease may still be ours when it is back.
    const beat = async () => {
      const isHeld = await source.beat(job, progress).catch(() => true);
      if (!isHeld) {
        lost.abort();
      }
    };
    const timer = setInterval(() => void beat(), beatEveryMs);
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    try {
      logger.info({ jobId, kind: work.kind, streamId: work.streamId }, 'a job begins');
      const result = await doWork(work, (share) => (progress = Math.min(1, Math.max(0, share))), signal);
      clearInterval(timer);
      const isHeld = !lost.signal.aborted && (await source.complete(job, result));
      logger.info({ jobId, isHeld }, 'a job is done');
    } catch (error) {
      clearInterval(timer);
      if (lost.signal.aborted) {
        logger.info({ jobId }, 'a job was given to another worker');
        return;
      }
      const isGivenBack = this.#stop.signal.aborted;
      const reason = (isGivenBack ? 'the node stopped' : wordsOf(error)).slice(0, 500);
      logger.warn({ jobId, reason }, 'a job failed');
      await source.fail(job, { reason, isRetryable: !(error instanceof HopelessJob), isGivenBack });
    }
  }

  async #pause(): Promise<void> {
    const { signal } = this.#stop;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, this.#options.pauseMs);
      signal.addEventListener('abort', done);
      if (signal.aborted) {
        done();
      }
    });
  }

  /** Stops at once; the job at hand is given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'it failed without words';
}
