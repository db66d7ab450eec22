import type { Page } from '@playwright/test';
import { type PaintedFrame, readPaintedFrames } from '../../e2e/fixtures/painted-frames';
import { busyWords, CpuMeter } from './cpu-meter';
import { percentile, type Spread, spreadOf, spreadWords } from './percentiles';
import { type PlaybackLog, readPlaybackLog, watchPlayback } from './playback-watch';

export type GlassToGlass = {
  /** seconds from the painting of a frame in the camera to its showing in the viewer's page */
  latency: Spread;
  /** the median of the last fifth of the time less that of the first */
  driftSeconds: number;
  /** seconds of media ahead of the playhead: the part of the latency that is the player's own choice */
  ahead: Spread;
  /** times the picture stood still because the player had nothing to show */
  stalls: number;
  /** what changed the latency on the way: seconds of the minute played at another rate than 1 */
  steeredSeconds: number;
  /** frames shown a second; a publisher or a viewer that is starved shows in it */
  framesPerSecond: number;
  unreadableShare: number;
  busyCores: number;
};

export type Measurement = { warmUpSeconds: number; seconds: number };

const cameraFramesPerSecond = 30;
/** A frame that comes so much later than the one before it: a viewer sees the picture stand still. */
const standstillMs = 250;
/** More unreadable frames than this, and what is left no longer stands for all. */
const unreadableShareMax = 0.05;
/** Fewer frames than this share of the camera's, and the machine was not able to measure. */
const framesShareMin = 0.6;

/**
 * Reads the time painted in every frame that a viewer's page shows, first for the warm-up and then for `seconds`, of which
 * alone it tells. Throws when frames are too few or too many are unreadable: no figure is better than a wrong one.
 */
export async function measureGlassToGlass(page: Page, { warmUpSeconds, seconds }: Measurement): Promise<GlassToGlass> {
  await watchPlayback(page);
  const meter = new CpuMeter();
  const wanted = (warmUpSeconds + seconds) * cameraFramesPerSecond;
  const { frames, unreadable } = await readPaintedFrames(page, {
    frames: wanted,
    patienceMs: ((warmUpSeconds + seconds) / framesShareMin) * 1000,
  });
  const busyCores = meter.busyCores();
  const log = await readPlaybackLog(page);
  const fromMs = (frames[0]?.shownAtMs ?? 0) + warmUpSeconds * 1000;
  return judge(frames, log, { fromMs, toMs: fromMs + seconds * 1000, unreadableShare: unreadable / wanted, busyCores });
}

/** All of it in one line. @param what was measured */
export function glassToGlassWords(what: string, measured: GlassToGlass): string {
  const { latency, ahead, steeredSeconds, framesPerSecond, unreadableShare, busyCores } = measured;
  return [
    `${what}: glass to glass ${spreadWords(latency, 's')} frames`,
    `of it buffered ahead of the playhead ${spreadWords(ahead, 's')} samples`,
    `${steeredSeconds.toFixed(0)} s at another rate than 1`,
    `${framesPerSecond.toFixed(1)} frames a second, ${(unreadableShare * 100).toFixed(1)} % unreadable`,
    busyWords(busyCores),
  ].join('; ');
}

type Window = { fromMs: number; toMs: number; unreadableShare: number; busyCores: number };

function judge(all: PaintedFrame[], log: PlaybackLog, window: Window): GlassToGlass {
  const { fromMs, toMs, unreadableShare, busyCores } = window;
  const isMeasured = (atMs: number) => atMs >= fromMs && atMs < toMs;
  const frames = all.filter(({ shownAtMs }) => isMeasured(shownAtMs));
  const seconds = (toMs - fromMs) / 1000;
  const framesPerSecond = frames.length / seconds;
  if (unreadableShare > unreadableShareMax || framesPerSecond < cameraFramesPerSecond * framesShareMin) {
    const unreadablePercent = Math.round(unreadableShare * 100);
    throw new Error(`cannot measure: ${framesPerSecond.toFixed(1)} frames a second, ${unreadablePercent} % unreadable`);
  }
  const samples = log.samples.filter(({ atMs }) => isMeasured(atMs));
  const waits = log.waitsAtMs.filter(isMeasured).length;
  return {
    latency: spreadOf(frames.map(({ paintedMs, shownAtMs }) => (shownAtMs - paintedMs) / 1000)),
    driftSeconds:
      medianSeconds(frames, toMs - (toMs - fromMs) / 5, toMs) -
      medianSeconds(frames, fromMs, fromMs + (toMs - fromMs) / 5),
    ahead: spreadOf(samples.map(({ aheadSeconds }) => aheadSeconds)),
    stalls: Math.max(waits, standstills(frames)),
    steeredSeconds: (samples.filter(({ rate }) => rate !== 1).length / samples.length) * seconds,
    framesPerSecond,
    unreadableShare,
    busyCores,
  };
}

function medianSeconds(frames: PaintedFrame[], fromMs: number, toMs: number): number {
  const within = frames.filter(({ shownAtMs }) => shownAtMs >= fromMs && shownAtMs < toMs);
  return percentile(
    within.map(({ paintedMs, shownAtMs }) => (shownAtMs - paintedMs) / 1000),
    0.5,
  );
}

/** Only frames that were not shown count, not those that were shown while this page had no time to look. */
function standstills(frames: PaintedFrame[]): number {
  return frames.filter((frame, index) => {
    const before = frames[index - 1];
    const isNext = before !== undefined && frame.presentedFrames - before.presentedFrames <= 2;
    return isNext && frame.shownAtMs - before.shownAtMs > standstillMs;
  }).length;
}
