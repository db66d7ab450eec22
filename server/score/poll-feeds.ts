import { setTimeout as delay } from 'node:timers/promises';
import { and, asc, ne } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { events } from '../../db/schema';
import { isLive } from '../events/list-events';
import type { Logger } from '../logger';
import type { WebMetrics } from '../metrics/web-metrics';
import { type FeedAllowance, feedUrlOf } from './feed-address';
import { FeedFault } from './feed-fault';
import { type FetchFeedOptions, fetchFeed } from './fetch-feed';
import { readScoreFeed } from './read-score-feed';
import { markScoreStale, storeScore } from './store-score';

const pollMs = 2000;
const backOffMaxMs = 60_000;
/** Feeds that are asked at the same time; the events that began first have them. */
const feedsMax = 200;
/** One answer that fails is made good by the next; from so many in a row on, the score is stale. */
const failuresUntilStale = 2;

export type PollFeedsDeps = {
  db: Database;
  logger: Logger;
  allowance: FeedAllowance;
  resolve?: FetchFeedOptions['resolve'];
  /** default 2 s */
  pollMs?: number;
  /** counts the requests to feeds */
  metrics?: Pick<WebMetrics, 'scoreFeedPolled'>;
};

type Feed = { matchUrl: string; eventIds: string[]; stop: AbortController; ended: Promise<void> };

/**
 * Asks the score feeds of all events that are running, every 2 s, until `signal` ends it. Each feed has its own pace: one
 * that fails is asked less and less often, and none waits for another. A feed that several events name is asked once.
 */
export async function pollFeeds(deps: PollFeedsDeps, signal: AbortSignal): Promise<void> {
  const everyMs = deps.pollMs ?? pollMs;
  const feeds = new Map<string, Feed>();
  while (!signal.aborted) {
    try {
      reconcile(deps, feeds, await runningEvents(deps.db), signal);
    } catch (err) {
      deps.logger.warn({ err }, 'the running events could not be read; their feeds go on as before');
    }
    await pause(everyMs, signal);
  }
  await Promise.all([...feeds.values()].map((feed) => feed.ended));
}

async function runningEvents(db: Database): Promise<{ id: string; matchUrl: string }[]> {
  return await db
    .select({ id: events.id, matchUrl: events.matchUrl })
    .from(events)
    .where(and(ne(events.matchUrl, ''), isLive))
    .orderBy(asc(events.startsAt), asc(events.key));
}

function reconcile(
  deps: PollFeedsDeps,
  feeds: Map<string, Feed>,
  running: { id: string; matchUrl: string }[],
  signal: AbortSignal,
): void {
  const wanted = new Map<string, string[]>();
  for (const { id, matchUrl } of running) {
    if (wanted.has(matchUrl) || wanted.size < feedsMax) {
      wanted.set(matchUrl, [...(wanted.get(matchUrl) ?? []), id]);
    }
  }
  for (const [matchUrl, feed] of feeds) {
    if (!wanted.has(matchUrl)) {
      feed.stop.abort();
      feeds.delete(matchUrl);
    }
  }
  for (const [matchUrl, eventIds] of wanted) {
    const known = feeds.get(matchUrl);
    if (known === undefined) {
      const stop = new AbortController();
      const feed: Feed = { matchUrl, eventIds, stop, ended: Promise.resolve() };
      feed.ended = followFeed(deps, feed, AbortSignal.any([signal, stop.signal]));
      feeds.set(matchUrl, feed);
    } else {
      known.eventIds = eventIds;
    }
  }
}

async function followFeed(deps: PollFeedsDeps, feed: Feed, signal: AbortSignal): Promise<void> {
  const everyMs = deps.pollMs ?? pollMs;
  let failures = 0;
  while (!signal.aborted) {
    const startedAtMs = performance.now();
    try {
      await askOnce(deps, feed, signal);
      failures = 0;
    } catch (error) {
      failures += 1;
      await tellFault(deps, feed, error, failures, signal);
    }
    const backOffMs = failures === 0 ? everyMs : Math.min(everyMs * 2 ** (failures - 1), backOffMaxMs);
    await pause(Math.max(0, backOffMs - (performance.now() - startedAtMs)), signal);
  }
}

async function askOnce(deps: PollFeedsDeps, feed: Feed, signal: AbortSignal): Promise<void> {
  const { db, allowance, resolve } = deps;
  const bytes = await fetchFeed(feedUrlOf(feed.matchUrl), { allowance, signal, ...(resolve && { resolve }) });
  const answeredAtMs = Date.now();
  const sheet = readScoreFeed(bytes);
  let isNew = false;
  for (const eventId of signal.aborted ? [] : feed.eventIds) {
    isNew = (await storeScore(db, eventId, sheet, answeredAtMs)) || isNew;
  }
  deps.metrics?.scoreFeedPolled(isNew ? 'new' : 'unchanged');
}

async function tellFault(
  { db, logger, metrics }: PollFeedsDeps,
  feed: Feed,
  error: unknown,
  failures: number,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) {
    return;
  }
  const { eventIds } = feed;
  metrics?.scoreFeedPolled('failed');
  if (!(error instanceof FeedFault)) {
    // Not the feed's doing: the database is away, or an event was deleted meanwhile.
    logger.warn({ err: error, eventIds }, 'a score could not be kept');
    return;
  }
  if (failures === failuresUntilStale) {
    logger.warn({ eventIds, fault: error.message, err: error.cause }, 'a score feed fails');
  }
  if (failures >= failuresUntilStale) {
    for (const eventId of eventIds) {
      await markScoreStale(db, eventId, error.message).catch((err: unknown) =>
        logger.warn({ err, eventId }, 'a score could not be marked as stale'),
      );
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // An aborted pause is over, no more.
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
