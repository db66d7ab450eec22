import type { RenditionId } from '../contract/ladder';
import { leastOutputOffsetSeconds } from '../transcode/transcode-plan';

/** What the media times of a session must fit. */
export type StreamMediaTime = {
  /** event-clock time that the media times of the stream count from, unix milliseconds; `undefined` where nothing tells it yet */
  readonly originMs: number | undefined;
  /** end of what this process published of each rendition, in seconds of media time */
  readonly reached: ReadonlyMap<RenditionId, number>;
};

/** A stream's first session may begin before the stream is told to have begun, by less than this. */
const toldLateMsMax = 60_000;

/**
 * Where the media times of a stream count from that has had another node: before its first session, so that none steps back.
 *
 * @param startedAtMs when the stream began, unix milliseconds
 */
export function mediaOriginOfMoved(startedAtMs: number): number {
  return startedAtMs - toldLateMsMax;
}

/**
 * Where the media times of a stream count from at its first node: its first session begins near zero. GStreamer takes the first
 * sample of a playlist for time zero, and shows nothing for as long as its media time says otherwise.
 */
export function mediaOriginOfSession(zeroMs: number, outputOffsetSeconds: number): number {
  return zeroMs - (outputOffsetSeconds - leastOutputOffsetSeconds) * 1000;
}

/** Some ten years: no capture time, however wrong, makes a decode time that does not fit. */
const mediaSecondsMax = 300_000_000;
/** What an encoder of sound puts before the first sample, at most; Fraunhofer's AAC takes two frames. */
export const primingSecondsMax = 0.05;

/**
 * What is added to the times of a session, in seconds, so that the media time of a stream never steps back, though each recorder
 * begins at zero: the time on the event clock since the stream began. Every node that a stream is moved to comes to the same
 * without knowing what another one published, and a session that is made later, from its journal, finds its place between the others.
 *
 * A recorder's clock may run a little faster than the event clock; behind a session of this process another one therefore
 * begins where that ends, if it is later.
 *
 * In whole milliseconds, which are whole ticks in every timescale there is: of sound 48,000 a second, of a picture a
 * thousand times its rate, or 24,000, 30,000 and 60,000. So all renditions are moved by exactly the same.
 *
 * @param zeroMs event-clock time of the session's time zero, unix milliseconds
 * @param begins where each of its renditions begins, in seconds after that
 */
export function outputOffsetSeconds(
  zeroMs: number,
  begins: ReadonlyMap<RenditionId, number>,
  { originMs, reached }: StreamMediaTime,
): number {
  const byClock = originMs === undefined ? 0 : (zeroMs - originMs) / 1000;
  const behindMedia = [...begins].map(([id, seconds]) => (reached.get(id) ?? 0) - seconds);
  const seconds = Math.max(0, Math.min(byClock, mediaSecondsMax)) + leastOutputOffsetSeconds;
  return Math.ceil(Math.max(seconds, ...behindMedia) * 1000 - 1e-3) / 1000;
}
