import { expect, test } from '@playwright/test';
import { readPaintedFrames } from './fixtures/painted-frames';
import { installTimeCamera } from './fixtures/time-camera';

// The instrument is measured before anything is measured with it.

test.beforeEach(async ({ page }) => {
  await page.route('http://localhost/camera', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><video autoplay muted></video>' }),
  );
});

test('the picture carries the true time, to within two frames, while the page’s clock is 5 s wrong', async ({
  page,
}) => {
  await installTimeCamera(page, { width: 320, height: 180, pageClockShiftMs: 5000 });
  await page.goto('http://localhost/camera');
  await page.evaluate(async () => {
    const video = document.querySelector('video');
    if (video) {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
    }
  });
  const pageNow = await page.evaluate(() => [
    Date.now(),
    Date.parse(new Date().toISOString()),
    performance.timeOrigin + performance.now(),
  ]);
  for (const now of pageNow) {
    expect(Math.abs(now - Date.now() - 5000)).toBeLessThan(1000);
  }
  const { frames, unreadable } = await readPaintedFrames(page, { frames: 30 });
  expect(unreadable).toBe(0);
  // This page's clock is the shifted one, and so are the times at which it says that it showed them.
  const lateMs = frames.map(({ paintedMs, shownAtMs }) => shownAtMs - 5000 - paintedMs).sort((a, b) => a - b);
  expect(lateMs[15]).toBeGreaterThan(-20);
  expect(lateMs[15]).toBeLessThan(70);
  const paintedMs = frames.map((frame) => frame.paintedMs);
  expect(paintedMs).toEqual([...new Set(paintedMs)].sort((a, b) => a - b));
});

test('a beep begins with each second of the true time', async ({ page }) => {
  await installTimeCamera(page, { pageClockShiftMs: -5000 });
  await page.goto('http://localhost/camera');
  const onsetsMs = await page.evaluate(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const audio = new AudioContext({ latencyHint: 'interactive' });
    const worklet = `registerProcessor('onset', class extends AudioWorkletProcessor {
      quiet = 1e9;
      process([input]) {
        const loud = (input[0] ?? []).findIndex((sample) => Math.abs(sample) > 0.1);
        if (loud >= 0 && this.quiet > 4800) this.port.postMessage(loud / sampleRate);
        this.quiet = loud >= 0 ? 0 : this.quiet + 128;
        return true;
      }
    })`;
    await audio.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })));
    const onset = new AudioWorkletNode(audio, 'onset');
    audio.createMediaStreamSource(stream).connect(onset).connect(audio.destination);
    return await new Promise<number[]>((resolve) => {
      const found: number[] = [];
      onset.port.onmessage = () => {
        if (found.push(Date.now() + 5000) === 3) {
          resolve(found);
        }
      };
    });
  });
  // A busy page hears of a beep late and never early, so the least late one tells when they begin.
  const leastLateMs = Math.min(...onsetsMs.map((onsetMs) => ((onsetMs + 500) % 1000) - 500));
  expect(leastLateMs).toBeGreaterThan(-20);
  expect(leastLateMs).toBeLessThan(120);
});
