import { brightnessOf } from './flash-and-beep';
import type { RecordedRun } from './recorded-runs';

/** Luma of the first and of the last moment of a second. */
const [darkest, brightest] = [40, 220];
/** Luma of black and of white (BT.601). */
const [black, white] = [16, 235];
/** Fewer levels of difference are the same picture again, as after a sender that stood still for a moment. */
const levelsMin = 2;
/** Pictures so near to a beep tell how it lies to them, in milliseconds; fewer than these tell nothing. */
const besideMs = 500;
const besideMin = 5;

/** The luma of a picture that tells which part of a second has passed. */
export function lumaAt(seconds: number): number {
  return Math.round(darkest + (brightest - darkest) * (seconds % 1));
}

/** The part of a second that a picture of this brightness tells: 0 is black, 255 white. */
function partTold(brightness: number): number {
  return (black + (brightness / 255) * (white - black) - darkest) / (brightest - darkest);
}

/** A picture of a recording, and when its second began by its brightness; both on the event clock, in unix milliseconds. */
export type ToldSecond = { readonly atMs: number; readonly beganMs: number };

/** What the pictures tell whose brightness is that of {@link lumaAt}. */
export async function readToldSeconds(runs: readonly RecordedRun[]): Promise<ToldSecond[]> {
  const told: ToldSecond[] = [];
  let before = Number.NaN;
  for (const { mp4, startMs, endMs } of runs) {
    const pictures = await brightnessOf(mp4);
    // Of a camera that stood still at its start the frame rate is not what it would else be.
    const frameMs = (endMs - startMs) / pictures.length;
    for (const [frame, brightness] of pictures.entries()) {
      if (Math.abs(brightness - before) >= levelsMin) {
        // It is seen until the next one comes: its middle counts.
        const atMs = startMs + (frame + 0.5) * frameMs;
        told.push({ atMs, beganMs: atMs - partTold(brightness) * 1000 });
      }
      before = brightness;
    }
  }
  return told;
}

/**
 * How much later than the picture each beep comes that is heard as a second begins, in milliseconds: than the middle one of
 * the pictures beside it, so that it matters neither what one of them lost nor where their sender stood still. A beep with
 * too few of them is left out.
 */
export function delaysBehindPicture(told: readonly ToldSecond[], beepsMs: readonly number[]): number[] {
  return beepsMs.flatMap((beepMs) => {
    const delaysMs = told
      .filter(({ atMs }) => Math.abs(atMs - beepMs) <= besideMs)
      .map(({ beganMs }) => ((((beepMs - beganMs + 500) % 1000) + 1000) % 1000) - 500)
      .toSorted((one, other) => one - other);
    return delaysMs.length < besideMin ? [] : [delaysMs[delaysMs.length >> 1] ?? 0];
  });
}
