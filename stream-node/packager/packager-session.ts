import type { SegmentSession } from './media-types';
import type { CutRule } from './segmenter';
import type { Gap } from './session-alignment';
import type { Timeline } from './timeline';

/** A session as one rendition's packager needs it. */
export type PackagerSession = {
  sessionIndex: number;
  /** what its segments tell of it */
  shared: SegmentSession;
  timeline: Timeline;
  rule: CutRule;
  /** how many discontinuities the stream has had, the one that this session begins with included */
  discontinuityNumber: number;
  /** stands in for what other renditions published before the break and this one did not */
  gaps: readonly Gap[];
};

/** Counts the segments of the session from 0. */
export function segmentIndexOf({ shared }: PackagerSession, mediaSequence: number): number {
  return mediaSequence - shared.firstMediaSequence;
}

/** Whether a segment begins with EXT-X-DISCONTINUITY, and how many lie before it, its own not counted. */
export function discontinuityAt(session: PackagerSession, mediaSequence: number) {
  const { discontinuityNumber } = session;
  const discontinuity = segmentIndexOf(session, mediaSequence) === 0 && discontinuityNumber > 0;
  return { discontinuity, discontinuitiesBefore: discontinuityNumber - Number(discontinuity) };
}
