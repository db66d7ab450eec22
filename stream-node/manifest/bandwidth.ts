import { targetDurationSeconds } from '../contract/profiles';

/** Bits per second of a rendition, as EXT-X-STREAM-INF counts them. */
export type Bandwidth = {
  /** AVERAGE-BANDWIDTH */
  readonly average: number;
  /** BANDWIDTH: the peak segment bit rate */
  readonly peak: number;
};

/** A closed segment as far as its bit rate goes. */
export type SegmentSize = { readonly byteLength: number; readonly durationSeconds: number };

/** How far the encoder's rate control lets a segment go above its average. */
const declaredPeakRatio = 1.1;

/**
 * The bandwidth of `segments`, or `undefined` where there is nothing to measure. A segment shorter than half a target
 * duration does not count for the peak (RFC 8216bis 4.1: peak segment bit rate).
 */
export function measureBandwidth(segments: Iterable<SegmentSize>): Bandwidth | undefined {
  let bits = 0;
  let seconds = 0;
  let peak = 0;
  for (const segment of segments) {
    const segmentBits = segment.byteLength * 8;
    bits += segmentBits;
    seconds += segment.durationSeconds;
    if (segment.durationSeconds >= targetDurationSeconds / 2) {
      peak = Math.max(peak, segmentBits / segment.durationSeconds);
    }
  }
  if (bits === 0 || seconds === 0) {
    return undefined;
  }
  const average = bits / seconds;
  return { average: Math.round(average), peak: Math.round(Math.max(peak, average)) };
}

/** What the encoder was asked for: all that is known before the first segment is closed. */
export function declaredBandwidth(bitrate: number): Bandwidth {
  return { average: bitrate, peak: Math.round(bitrate * declaredPeakRatio) };
}

/**
 * The bandwidth of a live rendition. What has been measured may rise, as a calm picture becomes a busy one, so the peak
 * is never below the declared one.
 */
export function liveBandwidth(bitrate: number, segments: Iterable<SegmentSize>): Bandwidth {
  const declared = declaredBandwidth(bitrate);
  const measured = measureBandwidth(segments);
  return measured ? { average: measured.average, peak: Math.max(measured.peak, declared.peak) } : declared;
}
