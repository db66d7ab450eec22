import type { ClosedSegment } from '../packager/media-types';
import type { SegmentToWrite } from '../store/take-writer';

/** A segment as the packager hands it out, as a take writes it. */
export function segmentToWrite({ rendition, segment }: ClosedSegment): SegmentToWrite {
  return {
    rendition,
    codec: segment.init.codec,
    initBytes: segment.init.bytes,
    mediaSequence: segment.mediaSequence,
    programDateTimeMs: segment.programDateTimeMs,
    durationSeconds: segment.durationSeconds,
    timescale: segment.init.timescale,
    ...(segment.ticks && { ticks: segment.ticks }),
    bytes: Buffer.concat(segment.parts.map((part) => part.bytes)),
  };
}
