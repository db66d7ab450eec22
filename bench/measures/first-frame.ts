import type { Page } from '@playwright/test';

declare global {
  var benchFirstFrame: Promise<number> | undefined;
}

const patienceMs = 30_000;

/** Waits in the page for the next frame that its `<video>` shows, and times it from the next click, or from now. */
export async function expectFirstFrame(page: Page, from: 'click' | 'now'): Promise<void> {
  await page.evaluate(
    ({ waitsForClick, patience }) => {
      const video = document.querySelector('video');
      if (!video) {
        throw new Error('there is no video on the page');
      }
      globalThis.benchFirstFrame = new Promise((resolve, reject) => {
        const timeFrom = (startMs: number) => {
          setTimeout(() => reject(new Error(`no frame within ${patience / 1000} s`)), patience);
          video.requestVideoFrameCallback((_now, frame) => resolve(frame.expectedDisplayTime - startMs));
        };
        if (waitsForClick) {
          window.addEventListener('click', (click) => timeFrom(click.timeStamp), { capture: true, once: true });
        } else {
          timeFrom(performance.now());
        }
      });
    },
    { waitsForClick: from === 'click', patience: patienceMs },
  );
}

/** Milliseconds until the frame that `expectFirstFrame` waits for was shown. */
export async function firstFrameMs(page: Page): Promise<number> {
  const firstMs = await page.evaluate(() => globalThis.benchFirstFrame);
  if (firstMs === undefined) {
    throw new Error('the page was loaded anew while it was measured');
  }
  return firstMs;
}
