import type { Database } from '../db/client';
import type { ServerEnv } from './env';
import { forgetOldIdempotencyKeys } from './http/api/idempotent-answer';
import { rehomeWaitingJobs } from './live-jobs/rehome-waiting-jobs';
import type { Logger } from './logger';
import { askNodeNow } from './nodes/ask-node-now';
import { expireRecordings } from './recordings/expire-recordings';
import { planRecordingJobs } from './recordings/plan-recording-jobs';
import { endAbandonedStreams } from './streams/end-abandoned-streams';

const everyMs = 5000;
const roundsPerMinute = 60_000 / everyMs;
const roundsPerHour = 60 * roundsPerMinute;

/** What must be done now and then by any one of the web processes. Several at once do no harm. */
export function startHousekeeping(deps: { db: Database; env: ServerEnv; logger: Logger }): { close(): Promise<void> } {
  let reachableSince = new Date();
  let rounds = 0;
  let isRunning = false;
  let running: Promise<void> = Promise.resolve();

  const keepRecordings = async () => {
    const isHourly = rounds % roundsPerHour === 0;
    const isMinutely = rounds % roundsPerMinute === 0;
    rounds += 1;
    try {
      await planRecordingJobs(deps.db, isHourly ? 'all' : 'fresh');
      for (const { streamId, nodeIds } of isMinutely ? await expireRecordings(deps.db, deps.env) : []) {
        deps.logger.info({ streamId }, 'deleted a recording whose time was over');
        await Promise.all(nodeIds.map((nodeId) => askNodeNow(deps, nodeId)));
      }
    } catch (error) {
      deps.logger.warn({ err: error }, 'recordings could not be looked after; it is tried again');
    }
  };
  const keepHouse = async () => {
    try {
      await forgetOldIdempotencyKeys(deps.db);
      const ended = await endAbandonedStreams(deps.db, reachableSince);
      if (ended > 0) {
        deps.logger.warn({ ended }, 'ended streams whose node is gone');
      }
      const nodeIds = await rehomeWaitingJobs(deps.db, reachableSince);
      await Promise.all(nodeIds.map((nodeId) => askNodeNow(deps, nodeId)));
    } catch (error) {
      reachableSince = new Date();
      deps.logger.warn({ err: error }, 'housekeeping failed; it is tried again');
    }
  };
  const timer = setInterval(() => {
    if (!isRunning) {
      isRunning = true;
      running = keepHouse()
        .then(keepRecordings)
        .finally(() => {
          isRunning = false;
        });
    }
  }, everyMs);

  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
