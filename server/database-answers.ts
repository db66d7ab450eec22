import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { AppError } from './errors';

/**
 * Time is counted in ticks that the process itself has seen: one that stood still for a while has not waited for anybody.
 */
const tickMs = 500;
/** A call that lasts longer makes us ask whether the database is there. */
const patienceTicks = 4;
/** A question without an answer for so long, and it stands still. */
const silenceTicks = 8;

/** What the driver says where there is no connection, and Postgres where it is going or coming. */
const awayCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', '57P01', '57P02', '57P03'],
]);

// Without its cause: a failed query's error holds its parameters, and a session's token is one of them.
export const databaseAway = () =>
  new AppError(
    'database_away',
    'zyzz cannot reach its records just now. What is on air goes on; try again in a minute.',
  );

type UnderWay = { ticks: number; giveUp: (error: AppError) => void };

/** Calls to one database, and whether it answers. It asks only while a call takes long. */
class AnswerWatch {
  readonly #calls = new Set<UnderWay>();
  #timer: NodeJS.Timeout | undefined;
  /** of the question that is not answered yet */
  #askedTicks: number | null = null;

  constructor(private readonly db: Database) {}

  get isSilent(): boolean {
    return (this.#askedTicks ?? 0) >= silenceTicks;
  }

  add(call: UnderWay): void {
    this.#calls.add(call);
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  remove(call: UnderWay): void {
    this.#calls.delete(call);
    this.#restIfIdle();
  }

  #tick(): void {
    if (this.#askedTicks !== null) {
      this.#askedTicks += 1;
    }
    for (const call of this.#calls) {
      call.ticks += 1;
      if (this.isSilent) {
        call.giveUp(databaseAway());
      } else if (call.ticks >= patienceTicks) {
        this.#ask();
      }
    }
  }

  #ask(): void {
    if (this.#askedTicks !== null) {
      return;
    }
    this.#askedTicks = 0;
    const answered = () => {
      this.#askedTicks = null;
      this.#restIfIdle();
    };
    // That there is no connection is an answer too: calls then fail by themselves.
    this.db.execute(sql`select 1`).then(answered, answered);
  }

  #restIfIdle(): void {
    if (this.#calls.size === 0 && this.#askedTicks === null) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}

// The pages' bundle has a watch of its own.
const watches = new WeakMap<Database, AnswerWatch>();

function watchOf(db: Database): AnswerWatch {
  const watch = watches.get(db) ?? new AnswerWatch(db);
  watches.set(db, watch);
  return watch;
}

/** Whether it, or what caused it, says that the database cannot be reached. */
export function saysDatabaseIsAway(error: unknown): boolean {
  for (let fault = error; fault instanceof Error; fault = fault.cause) {
    if ('code' in fault && typeof fault.code === 'string' && awayCodes.has(fault.code)) {
      return true;
    }
  }
  return false;
}

/**
 * The result of a call that needs the database. Where that is gone the call fails in words; where it stands still, so that
 * nothing would ever fail, the call is given up after some seconds, and while it goes on standing still no other is begun.
 *
 * @param undo what was done after all, once it was given up
 * @throws AppError `database_away`, and whatever the call throws
 */
export async function whileDatabaseAnswers<Result>(
  db: Database,
  work: () => Promise<Result>,
  undo?: (result: Result) => Promise<unknown>,
): Promise<Result> {
  const watch = watchOf(db);
  if (watch.isSilent) {
    throw databaseAway();
  }
  return await new Promise((resolve, reject) => {
    let isGivenUp = false;
    const call: UnderWay = {
      ticks: 0,
      giveUp: (error) => {
        isGivenUp = true;
        watch.remove(call);
        reject(error);
      },
    };
    watch.add(call);
    work().then(
      (result) => {
        watch.remove(call);
        resolve(result);
        if (isGivenUp) {
          // Nobody is left who could be told that it failed.
          undo?.(result).catch(() => undefined);
        }
      },
      (error) => {
        watch.remove(call);
        reject(saysDatabaseIsAway(error) ? databaseAway() : error);
      },
    );
  });
}
