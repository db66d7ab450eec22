import type { Database } from '../db/client';
import type { Logger } from './logger';
import { endAbandonedStreams } from './streams/end-abandoned-streams';

const everyMs = 5000;

/** What must be done now and then by any one of the web processes. Several at once do no harm. */
export function startHousekeeping(deps: { db: Database; logger: Logger }): { close(): Promise<void> } {
  let reachableSince = new Date();
  let isRunning = false;
  let running: Promise<void> = Promise.resolve();

  const keepHouse = async () => {
    try {
      const ended = await endAbandonedStreams(deps.db, reachableSince);
      if (ended > 0) {
        deps.logger.warn({ ended }, 'ended streams whose node is gone');
      }
    } catch (error) {
      reachableSince = new Date();
      deps.logger.warn({ err: error }, 'housekeeping failed; it is tried again');
    }
  };
  const timer = setInterval(() => {
    if (!isRunning) {
      isRunning = true;
      running = keepHouse().finally(() => {
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
