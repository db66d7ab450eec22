import type { RenditionSnapshot, Segment } from './media-types';

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
 * times of the rendition that has them.
 *
 * @param behind the rendition's own window
 * @param leading the segments of the rendition that is furthest; `continued` where the new session brings the missing media
 * itself, so that the gaps only carry numbers and are as short as a gap may be
 * @param firstMediaSequence of the new session
 */
export function gapsBehind(
  behind: RenditionSnapshot,
  leading: readonly Segment[] | 'continued',
  firstMediaSequence: number,
): Gap[] {
  const gaps: Gap[] = [];
  const last = behind.segments.at(-1);
  if (last === undefined) {
    return gaps; // a playlist may begin at any media sequence
  }
  let endMs = endOf(last);
  let { session } = last;
  let discontinuityNumber = lastDiscontinuityNumber(behind);
  for (let mediaSequence = last.mediaSequence + 1; mediaSequence < firstMediaSequence; mediaSequence += 1) {
    const isNumber = leading === 'continued';
    const model = isNumber ? undefined : leading.find((segment) => segment.mediaSequence === mediaSequence);
    const programDateTimeMs = Math.max(endMs, model?.programDateTimeMs ?? endMs);
    const nominalEndMs = isNumber ? endMs : endMs + behind.cut.segmentSeconds * 1000;
    const modelEndMs = model === undefined ? nominalEndMs : endOf(model);
    const durationSeconds = Math.max(gapSecondsMin, (modelEndMs - programDateTimeMs) / 1000);
    const discontinuity = model?.discontinuity ?? false;
    discontinuityNumber += discontinuity ? 1 : 0;
    session = model?.session ?? session;
    gaps.push({ mediaSequence, discontinuity, session, programDateTimeMs, durationSeconds, discontinuityNumber });
    endMs = programDateTimeMs + durationSeconds * 1000;
  }
  return gaps;
}

function endOf(segment: Segment): number {
  return segment.programDateTimeMs + segment.durationSeconds * 1000;
}

function lastDiscontinuityNumber(snapshot: RenditionSnapshot): number {
  return snapshot.discontinuitySequence + snapshot.segments.filter((segment) => segment.discontinuity).length;
}
