import type { Page } from '@playwright/test';

/** What a player does between its frames; all times true unix milliseconds. */
export type PlaybackLog = {
  /** when the player had nothing to show and waited */
  waitsAtMs: number[];
  samples: { atMs: number; aheadSeconds: number; rate: number }[];
};

declare global {
  var benchPlaybackLog: PlaybackLog | undefined;
}

/** Begins to watch the page's `<video>`; `readPlaybackLog` gives what was seen. */
export async function watchPlayback(page: Page): Promise<void> {
  await page.evaluate(() => {
    const video = document.querySelector('video');
    if (!video) {
      throw new Error('there is no video on the page');
    }
    const log: PlaybackLog = { waitsAtMs: [], samples: [] };
    globalThis.benchPlaybackLog = log;
    video.addEventListener('waiting', () => log.waitsAtMs.push(Date.now()));
    setInterval(() => {
      const { buffered, currentTime, playbackRate } = video;
      const end = buffered.length > 0 ? buffered.end(buffered.length - 1) : currentTime;
      log.samples.push({ atMs: Date.now(), aheadSeconds: end - currentTime, rate: playbackRate });
    }, 250);
  });
}

export async function readPlaybackLog(page: Page): Promise<PlaybackLog> {
  const log = await page.evaluate(() => globalThis.benchPlaybackLog);
  if (log === undefined) {
    throw new Error('the page was loaded anew while it was measured');
  }
  return log;
}
