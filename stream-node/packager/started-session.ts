import { joinedSegmentCount } from '../contract/profiles';
import type { SegmentSession, SessionStart } from './media-types';

/** Bounds of what was published: nothing above them ever was. */
export type PublishedBefore = {
  readonly nextMediaSequence: number;
  /** how many discontinuities the stream has had */
  readonly discontinuityNumber: number;
};

/** A session that has begun, in all renditions. */
export type StartedSession = {
  readonly sessionIndex: number;
  /** what its segments tell of it */
  readonly shared: SegmentSession;
  /** begins the names of all segments of its recorder session */
  readonly uriHead: string;
  /** what `shared` tells of it, until it is settled */
  readonly run: { start: SessionStart };
  /** how many discontinuities the stream has had, the one that this session begins with included */
  readonly discontinuityNumber: number;
};

/** Counts the segments of the session from 0. */
export function segmentIndexOf({ shared }: StartedSession, mediaSequence: number): number {
  return mediaSequence - shared.firstMediaSequence;
}

/** Whether a segment of the session begins with EXT-X-DISCONTINUITY. */
export function beginsDiscontinuity(session: StartedSession, mediaSequence: number): boolean {
  return segmentIndexOf(session, mediaSequence) === 0 && session.discontinuityNumber > 0;
}

/**
 * A session's place in its stream.
 *
 * @param next.before the last session of this run of the node
 * @param next.publishedBefore what an earlier run may have published
 */
export function nextSession(next: {
  sessionIndex: number;
  uriPrefix: string;
  firstMediaSequence: number;
  originSeconds: number;
  originTimeMs: number;
  before: StartedSession | undefined;
  /** it is of the same recorder session as the one before */
  isContinued: boolean;
  publishedBefore: PublishedBefore | undefined;
}): StartedSession {
  const { sessionIndex, firstMediaSequence, originSeconds, originTimeMs, before, publishedBefore } = next;
  const hadMedia = before !== undefined && firstMediaSequence > before.shared.firstMediaSequence;
  const hadEarlierRun = before === undefined && publishedBefore !== undefined;
  const discontinuitiesBefore = (before ?? publishedBefore)?.discontinuityNumber ?? 0;
  const start = { id: `${next.uriPrefix}-s${sessionIndex}`, sessionIndex, originSeconds, originTimeMs };
  const continued = next.isContinued ? before : undefined;
  const run = { start: continued?.run.start ?? start };
  const shared = { ...start, firstMediaSequence, run, joinedBefore: joinedBefore(before?.shared, firstMediaSequence) };
  return {
    ...{ sessionIndex, shared, run, uriHead: continued?.uriHead ?? start.id },
    discontinuityNumber: discontinuitiesBefore + (hadMedia || hadEarlierRun ? 1 : 0),
  };
}

/**
 * So that the numbers of joined segments go on by one. What an earlier run of the node counted is not known; there were
 * never more of them than of the segments they were made of.
 */
function joinedBefore(last: SegmentSession | undefined, firstMediaSequence: number): number {
  if (last === undefined) {
    return firstMediaSequence;
  }
  return last.joinedBefore + Math.ceil((firstMediaSequence - last.firstMediaSequence) / joinedSegmentCount);
}
