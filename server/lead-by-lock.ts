import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import type { Logger } from './logger';

const usualBeatMs = 2000;
/** Postgres ends a session that shows nothing for so many beats: of a process that was frozen or whose machine is gone. */
const idleBeatsMax = 4;

export type LeadOptions = {
  databaseUrl: string;
  logger: Logger;
  /** names what only one process may do; any number that no other part of the product locks */
  lockKey: number;
  /** what only one process may do; must end soon after `signal` */
  lead: (signal: AbortSignal) => Promise<void>;
  /** how often a follower asks for the lock, and the leader shows that it is alive; default 2 s */
  beatMs?: number;
};

/**
 * Runs `lead` at one process only, of all that share a database: the one whose session holds the advisory lock. When it
 * ends, or dies, another one takes over within seconds.
 */
export function leadByLock(options: LeadOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const running = serve(options, closing.signal);
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
}

async function serve(options: LeadOptions, closing: AbortSignal): Promise<void> {
  while (!closing.aborted) {
    try {
      await serveOneTerm(options, closing);
    } catch (error) {
      options.logger.warn({ err: error }, 'the lock of the leader was lost or cannot be asked for');
    }
    await pause(options.beatMs ?? usualBeatMs, closing);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is over, no more.
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/** From a new session to the end of it. A lock is held by a session, so whoever loses the session has lost the lock. */
async function serveOneTerm(options: LeadOptions, closing: AbortSignal): Promise<void> {
  const { databaseUrl, lockKey, lead, beatMs = usualBeatMs } = options;
  const sessionGone = new AbortController();
  const session = postgres(databaseUrl, {
    max: 1,
    // By default a session would be ended after half an hour or so, and the lock with it.
    max_lifetime: null,
    connect_timeout: 5,
    connection: { application_name: 'zyzz leader', idle_session_timeout: idleBeatsMax * beatMs },
    onclose: () => sessionGone.abort(),
    onnotice: () => undefined,
  });
  const term = AbortSignal.any([closing, sessionGone.signal]);
  let work: Promise<void> = Promise.resolve();
  try {
    while (!term.aborted && !(await hasLock(session, lockKey))) {
      await pause(beatMs, term);
    }
    if (!term.aborted) {
      work = lead(term);
      // A fault of the work ends the term; it is told when the work is waited for.
      work.catch(() => sessionGone.abort());
    }
    while (!term.aborted) {
      await pause(beatMs, term);
      await answered(session`select 1`, (idleBeatsMax - 2) * beatMs, term);
    }
  } finally {
    sessionGone.abort();
    await session.end({ timeout: 1 });
    await work;
  }
}

async function hasLock(session: postgres.Sql, lockKey: number): Promise<boolean> {
  const [row] = await session<{ locked: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as locked`;
  return row?.locked ?? false;
}

/** @throws when the beat is not answered in time: then Postgres may have given the lock to another. */
async function answered(beat: Promise<unknown>, patienceMs: number, term: AbortSignal): Promise<void> {
  const timer = new AbortController();
  const tooLate = delay(patienceMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error('the database does not answer');
  });
  try {
    await Promise.race([beat, tooLate]);
  } catch (error) {
    if (!term.aborted) {
      throw error;
    }
  } finally {
    timer.abort();
    await tooLate.catch(() => undefined);
  }
}
