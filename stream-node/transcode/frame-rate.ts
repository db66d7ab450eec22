import type { FrameRate } from '../contract/profiles';

/**
 * The rates a stream may be encoded at: with any of them every part lasts 85 to 100 % of the part target in both
 * profiles (RFC 8216bis 4.4.4.9), which is not so for every rate between (28 fps, for one).
 */
export const outputFrameRates: readonly FrameRate[] = [
  { numerator: 24_000, denominator: 1001 },
  { numerator: 24, denominator: 1 },
  { numerator: 25, denominator: 1 },
  { numerator: 30_000, denominator: 1001 },
  { numerator: 30, denominator: 1 },
  { numerator: 50, denominator: 1 },
  { numerator: 60_000, denominator: 1001 },
  { numerator: 60, denominator: 1 },
];

/** What is assumed where neither the container nor the publisher says: MediaRecorder's WebM names no rate. */
export const assumedFrameRate: FrameRate = { numerator: 30, denominator: 1 };

/** Near enough to be a listed rate that was rounded: 29.97 is 30000/1001, and 30.2 is 30. */
const snapTolerance = 0.01;
const framesPerSecondMax = 61;

export function framesPerSecond(rate: FrameRate): number {
  return rate.numerator / rate.denominator;
}

/** Whether a rate is one a camera or a screen can have; containers also say 0, 1000 or 90000. */
export function isSaneFrameRate(fps: number): boolean {
  return Number.isFinite(fps) && fps >= 1 && fps <= framesPerSecondMax;
}

/**
 * The rate to encode a source of `fps` frames per second at: the listed rate it is meant to be; for a slow source the
 * lowest of 24, 25 and 30 that shows each of its frames equally long, else 30; for an odd one the next higher listed rate.
 */
export function snapFrameRate(fps: number): FrameRate {
  const nearest = outputFrameRates.reduce((best, rate) => (distance(rate, fps) < distance(best, fps) ? rate : best));
  if (distance(nearest, fps) <= snapTolerance * fps) {
    return nearest;
  }
  const whole = outputFrameRates.filter((rate) => rate.denominator === 1);
  if (fps < 24) {
    return whole.find((rate) => rate.numerator <= 30 && isMultiple(rate.numerator / fps)) ?? assumedFrameRate;
  }
  return whole.find((rate) => rate.numerator >= fps) ?? { numerator: 60, denominator: 1 };
}

function distance(rate: FrameRate, fps: number): number {
  return Math.abs(framesPerSecond(rate) - fps);
}

function isMultiple(factor: number): boolean {
  return Math.abs(factor - Math.round(factor)) < 0.02;
}
