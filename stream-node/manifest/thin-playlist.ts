import { type CutPlan, joinedSegmentCount, targetDurationOf } from '../contract/profiles';
import type { RenditionSnapshot, Segment, SegmentSession } from '../packager/media-types';
import { uriWith } from './segment-uri';
import { decimalSeconds, programDateTime } from './tag-values';

/** Of EXT-X-GAP. */
const version = 8;
/** EXT-X-TARGETDURATION of joined segments. */
export function joinedTargetSeconds(cut: CutPlan): number {
  return joinedSegmentCount * targetDurationOf(cut);
}

/**
 * Ten minutes: all of a longer window would cost a listener as much as the sound itself, for plain HLS has no deltas. What
 * is no longer listed here stays in the window, and so can be fetched.
 */
const listedMax = 100;

/** Whole segments of one session in a row, listed as one. */
type JoinedSegment = { readonly number: number; readonly members: readonly Segment[] };

/**
 * The live media playlist of thin-data mode: plain HLS, without parts. What is joined is fixed by a grid that each session
 * begins anew; a joined segment is listed once nothing can be added to it, and leaves with the first of its members.
 * `undefined` while there is none.
 */
export function thinPlaylist({ segments, cut, discontinuitySequence, ended }: RenditionSnapshot): string | undefined {
  const listed = joinedSegments(segments, ended).slice(-listedMax);
  const [first] = listed;
  if (first === undefined) {
    return undefined;
  }
  const begin = first.members[0]?.mediaSequence ?? 0;
  const discontinuitiesBefore = segments.filter(
    ({ discontinuity, mediaSequence }) => discontinuity && mediaSequence < begin,
  ).length;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${joinedTargetSeconds(cut)}`,
    `#EXT-X-MEDIA-SEQUENCE:${first.number}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence + discontinuitiesBefore}`,
  ];
  let initUri: string | undefined;
  for (const { members } of listed) {
    initUri = pushJoined(lines, members, initUri);
  }
  if (ended) {
    lines.push('#EXT-X-ENDLIST');
  }
  return `${lines.join('\n')}\n`;
}

/** The media sequence with whose end the next joined segment is there. */
export function nextJoinedEnd({ segments, nextPart }: RenditionSnapshot): number {
  const first = segments.at(-1)?.session.firstMediaSequence ?? nextPart.mediaSequence;
  const place = Math.max(0, nextPart.mediaSequence - first);
  return first + (Math.floor(place / joinedSegmentCount) + 1) * joinedSegmentCount - 1;
}

const joinedName = /^(?<head>.*)-(?<first>\d{1,15})-x(?<count>[1-9])\.m4s$/;

/** The names of the segments that a joined one is made of; `undefined` for a name of another kind. */
export function membersOf(file: string): string[] | undefined {
  const { head, first, count } = joinedName.exec(file)?.groups ?? {};
  if (head === undefined || first === undefined || Number(count) > joinedSegmentCount) {
    return undefined;
  }
  return Array.from({ length: Number(count) }, (_, index) => `${head}-${Number(first) + index}.m4s`);
}

function joinedSegments(segments: readonly Segment[], ended: boolean): JoinedSegment[] {
  const groups: { session: SegmentSession; number: number; members: Segment[] }[] = [];
  for (const segment of segments.filter(({ closed }) => closed)) {
    const { session, mediaSequence } = segment;
    const number = session.joinedBefore + Math.floor((mediaSequence - session.firstMediaSequence) / joinedSegmentCount);
    const group = groups.at(-1);
    if (group?.number === number) {
      group.members.push(segment);
    } else {
      groups.push({ session, number, members: [segment] });
    }
  }
  const newest = segments.at(-1);
  return groups.filter(({ session, members }, index) => {
    const place = (members[0]?.mediaSequence ?? 0) - session.firstMediaSequence;
    const isFull = members.length === joinedSegmentCount;
    const isOver = ended || index < groups.length - 1 || newest?.session.id !== session.id;
    return place % joinedSegmentCount === 0 && (isFull || isOver);
  });
}

/** What a rendition lacks of a session lies at its end, so the members without media are the last ones. */
function pushJoined(lines: string[], members: readonly Segment[], initUri: string | undefined): string | undefined {
  const withMedia = members.filter(({ gap }) => !gap);
  const [first] = withMedia.length > 0 ? withMedia : members;
  if (first === undefined) {
    return initUri;
  }
  const seconds = (withMedia.length > 0 ? withMedia : members).reduce((sum, each) => sum + each.durationSeconds, 0);
  if (first.discontinuity) {
    lines.push('#EXT-X-DISCONTINUITY');
  }
  if (!first.gap && (first.discontinuity || first.init.uri !== initUri)) {
    lines.push(`#EXT-X-MAP:URI="${first.init.uri}"`);
  }
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${programDateTime(first.programDateTimeMs)}`);
  if (first.gap) {
    lines.push('#EXT-X-GAP');
  }
  const count = Math.max(1, withMedia.length);
  lines.push(`#EXTINF:${decimalSeconds(seconds)},`, uriWith(first, `${first.uriNumber}-x${count}`));
  return first.gap ? initUri : first.init.uri;
}
