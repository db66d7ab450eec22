const PARENT_POLL_MS = 500;

/**
 * Resolves when this process is to stop: Ctrl-C, SIGTERM, a closed terminal, or because the npm or the test that started it
 * was killed outright and can no longer say so.
 *
 * @param {{ again: () => void }} options again: called on every further signal
 * @returns {Promise<void>}
 */
export function untilToldToStop({ again }) {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => {
        resolve();
        process.on(signal, again);
      });
    }
    process.once('disconnect', resolve);
    if (process.env.npm_lifecycle_event !== undefined) {
      const parent = process.ppid;
      const poll = setInterval(() => {
        if (process.ppid !== parent) {
          clearInterval(poll);
          resolve();
        }
      }, PARENT_POLL_MS);
      poll.unref();
    }
  });
}
