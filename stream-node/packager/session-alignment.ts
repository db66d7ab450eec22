import type { RenditionSnapshot, Segment } from './media-types';
import { beginsDiscontinuity, type StartedSession } from './started-session';

export type Gap = Pick<
  Segment,
  'mediaSequence' | 'discontinuity' | 'session' | 'programDateTimeMs' | 'durationSeconds'
> & {
  discontinuityNumber: number;
};

/** EXT-X-GAP needs a duration above zero. */
const gapSecondsMin = 0.001;

/**
 * What a rendition must add before a new session, so that the session begins at the same media sequence in all of them.
 *
 * At a break one rendition may have opened a segment that another never began (the boundary fell between their last
 * fragments). What is published stays published, and media sequences count up by one, so the rendition that is behind
 * lists the missing numbers as EXT-X-GAP segments (RFC 8216bis 4.4.4.7, 6.2.1: media that is absent is a gap), with the
 * times of a rendition that has them, and with the discontinuities of all.
 *
 * @param behind the rendition's own window
 * @param sessions all before the new one, oldest first
 * @param shown the segments of all renditions; `continued` where the new session brings the missing media itself, so that the
 * gaps only carry numbers and are as short as a gap may be
 * @param firstMediaSequence of the new session
 */
export function gapsBehind(
  behind: RenditionSnapshot,
  sessions: readonly StartedSession[],
  shown: readonly Segment[] | 'continued',
  firstMediaSequence: number,
): Gap[] {
  const gaps: Gap[] = [];
  const last = behind.segments.at(-1);
  if (last === undefined) {
    return gaps; // a playlist may begin at any media sequence
  }
  const isMissing = ({ mediaSequence, gap }: Segment) => mediaSequence > last.mediaSequence && !gap;
  const isNumber = shown === 'continued';
  const models = isNumber ? [] : shown.filter(isMissing).sort((a, b) => a.mediaSequence - b.mediaSequence);
  let endMs = endOf(last);
  for (let mediaSequence = last.mediaSequence + 1; mediaSequence < firstMediaSequence; mediaSequence += 1) {
    const model = models.find((segment) => segment.mediaSequence >= mediaSequence);
    const times = model?.mediaSequence === mediaSequence ? model : undefined;
    const programDateTimeMs = Math.max(endMs, times?.programDateTimeMs ?? endMs);
    // What nobody lists any more lasted as long as a segment does, up to what somebody lists.
    const nominalEndMs = Math.min(
      endMs + behind.cut.segmentSeconds * 1000,
      model?.programDateTimeMs ?? Number.POSITIVE_INFINITY,
    );
    const gapEndMs = times === undefined ? (isNumber ? endMs : nominalEndMs) : endOf(times);
    const durationSeconds = Math.max(gapSecondsMin, (gapEndMs - programDateTimeMs) / 1000);
    const session = sessionOf(mediaSequence, sessions);
    gaps.push({
      ...{ mediaSequence, programDateTimeMs, durationSeconds },
      session: session.shared,
      discontinuity: beginsDiscontinuity(session, mediaSequence),
      discontinuityNumber: session.discontinuityNumber,
    });
    endMs = isNumber ? endMs : programDateTimeMs + durationSeconds * 1000;
  }
  return gaps;
}

function sessionOf(mediaSequence: number, sessions: readonly StartedSession[]): StartedSession {
  const session = sessions.findLast(({ shared }) => shared.firstMediaSequence <= mediaSequence);
  if (session === undefined) {
    throw new Error(`segment ${mediaSequence} is missing, and comes before all sessions`);
  }
  return session;
}

function endOf(segment: Segment): number {
  return segment.programDateTimeMs + segment.durationSeconds * 1000;
}

/** The media sequence with which a session ends in one rendition, if it ends now: `sure`, or `possible` too. */
export type SessionReach = { readonly sure: number; readonly possible: number };

/**
 * The segment with which a session ends in all renditions that have media: one that the grid would have all begin, else the last one
 * that some have begun.
 */
export function lastReached(reaches: readonly SessionReach[]): number {
  const furthest = Math.max(...reaches.map(({ possible }) => possible));
  const isReached = reaches.every(({ possible }) => possible === furthest);
  return isReached ? furthest : Math.max(...reaches.map(({ sure }) => sure));
}
