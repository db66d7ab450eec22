import type { Database } from '../../db/client';
import { parseEnv, type ServerEnv } from '../env';
import { createLogger, type Logger } from '../logger';
import type { OperationContext } from '../operation-context';
import { appRouter } from '../trpc/app-router';
import type { Actor } from '../users/session-user';

export const testNodeSecret = 'a node secret for tests';

/** The settings of a local process, with `changes` to its environment. */
export function testEnv(databaseUrl: string, changes: Record<string, string> = {}): ServerEnv {
  return parseEnv({
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    ZYZZ_SECRET: 'a secret for tests alone',
    ZYZZ_NODE_SECRET: testNodeSecret,
    LOG_LEVEL: 'silent',
    ...changes,
  });
}

export const silentLogger: Logger = createLogger({ level: 'silent' });

export function testContext(database: { db: Database; url: string }, actor: Actor | null = null): OperationContext {
  return { db: database.db, env: testEnv(database.url), logger: silentLogger, actor };
}

/** Calls procedures as `actor`, without HTTP. */
export function callerOf(
  database: { db: Database; url: string },
  actor: Actor | null = null,
): ReturnType<typeof appRouter.createCaller> {
  return appRouter.createCaller(testContext(database, actor));
}
