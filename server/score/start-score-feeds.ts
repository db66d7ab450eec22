import type { Database } from '../../db/client';
import type { ServerEnv } from '../env';
import { leadByLock } from '../lead-by-lock';
import type { Logger } from '../logger';
import type { WebMetrics } from '../metrics/web-metrics';
import { pollFeeds } from './poll-feeds';

/** Any number that no other part of the product locks. */
const scoreFeedsLock = 7_299_010;

/** Asks the score feeds of running events, at one of the web processes. */
export function startScoreFeeds(deps: { db: Database; env: ServerEnv; logger: Logger; metrics: WebMetrics }): {
  close(): Promise<void>;
} {
  const { db, env, logger, metrics } = deps;
  return leadByLock({
    databaseUrl: env.databaseUrl,
    logger,
    lockKey: scoreFeedsLock,
    lead: (signal) => pollFeeds({ db, logger, metrics, allowance: env.scoreFeedAllow }, signal),
  });
}
