import type { FrameRate } from '../../contract/profiles';
import type { VideoConfig } from './media-frame';
import type { TrackKind } from './session-clock';
import type { ReceivedFrame } from './track-receiver';

export type ArrivedFrame = ReceivedFrame & {
  readonly kind: TrackKind;
  /** milliseconds since the first frame of its track */
  readonly mediaMs: number;
  /** unix milliseconds */
  readonly arrivedMs: number;
};

/** So long the first frames are looked at: the least delayed of them tells the time, in milliseconds. */
const settlingMs = 300;
/** So long a track is waited for while the other one is there. */
const trackWaitMs = 3000;
/** So long after the first frame of both tracks their sender is waited for to say how they lie to each other. */
const reportWaitMs = 1500;
/** What may be held meanwhile, in bytes. */
const heldBytesMax = 16 * 1024 * 1024;
/** Frames whose distances tell a frame rate. */
const pacedFramesMin = 6;
/** Most distances of a regular camera lie within this of the middle one. */
const regularShare = 0.7;
const regularDeviation = 0.15;

/** A session's first frames, held until it is known which tracks there are and how they lie to each other. */
export class StartingFrames {
  #frames: ArrivedFrame[] = [];
  #heldBytes = 0;

  /** @param expected the tracks that were agreed on */
  constructor(private readonly expected: readonly TrackKind[]) {}

  /** @returns false when there is no room for more */
  add(frame: ArrivedFrame): boolean {
    this.#heldBytes += frame.bytes.byteLength;
    this.#frames.push(frame);
    return this.#heldBytes <= heldBytesMax;
  }

  /** @param isReported whether the sender has said where a track lies on its clock */
  isReady(nowMs: number, isReported: (kind: TrackKind) => boolean): boolean {
    const firsts = this.expected.map((kind) => this.#frames.find((frame) => frame.kind === kind)?.arrivedMs ?? null);
    const arrivalsMs = firsts.filter((arrivedMs) => arrivedMs !== null);
    const waitedMs = nowMs - Math.min(nowMs, ...arrivalsMs);
    if (arrivalsMs.length < this.expected.length) {
      return waitedMs >= trackWaitMs;
    }
    const isKnown = this.expected.length === 1 || this.expected.every(isReported);
    return waitedMs >= settlingMs && (isKnown || nowMs - Math.max(...arrivalsMs) >= reportWaitMs);
  }

  get videoConfig(): VideoConfig | null {
    return this.#frames.find(({ kind }) => kind === 'video')?.config ?? null;
  }

  get hasAudio(): boolean {
    return this.#frames.some(({ kind }) => kind === 'audio');
  }

  /** What the first pictures' distances say; null where they are uneven or too few. */
  get frameRate(): FrameRate | null {
    const times = this.#frames.flatMap(({ kind, mediaMs }) => (kind === 'video' ? [mediaMs] : []));
    const distances = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const middle = distances.toSorted((one, other) => one - other)[distances.length >> 1];
    if (middle === undefined || middle <= 0 || distances.length < pacedFramesMin) {
      return null;
    }
    const regular = distances.filter((distance) => Math.abs(distance / middle - 1) < regularDeviation);
    const mean = regular.reduce((sum, distance) => sum + distance, 0) / regular.length;
    const isRegular = regular.length >= distances.length * regularShare;
    return isRegular ? { numerator: Math.max(1, Math.round(1000 / mean)), denominator: 1 } : null;
  }

  /**
   * Gives them up, in order of arrival: from the first picture on, or from the first sound where there is no picture.
   *
   * @param eventZeroMs where a track's media time zero lies on the event clock
   */
  take(eventZeroMs: (kind: TrackKind) => number | null): { beginMs: number; frames: ArrivedFrame[] } {
    const frames = this.#frames;
    this.#frames = [];
    const timeOf = (frame: ArrivedFrame) => (eventZeroMs(frame.kind) ?? 0) + frame.mediaMs;
    const first = frames.find(({ kind }) => kind === 'video') ?? frames[0];
    const beginMs = first === undefined ? 0 : timeOf(first);
    return { beginMs, frames: frames.filter((frame) => timeOf(frame) >= beginMs) };
  }
}
