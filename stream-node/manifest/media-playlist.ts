import { type CutPlan, targetDurationOf } from '../contract/profiles';
import type { Part, RenditionSnapshot, Segment } from '../packager/media-types';
import type { RenditionReport } from './rendition-report';
import { decimalSeconds, programDateTime } from './tag-values';

/** EXT-X-SKIP needs version 9 (RFC 8216bis 8). */
const version = 9;
/** CAN-SKIP-UNTIL, in target durations: the least the format allows (RFC 8216bis 4.4.3.8). */
const canSkipUntilTargets = 6;
/** HOLD-BACK, in target durations: what players without low latency keep from the end (RFC 8216bis 4.4.3.8). */
const holdBackTargets = 3;
/** Parts are listed so many target durations back, no less: players fall out of low latency otherwise (RFC 8216bis 6.2.2). */
const partsListedTargets = 3;

/** `delta` leaves out the segments that lie further back than CAN-SKIP-UNTIL (RFC 8216bis 6.2.5.1). */
export type PlaylistForm = 'full' | 'delta';

/**
 * A live media playlist, a pure function of the window (RFC 8216bis 4.4.3 to 4.4.5). A delta of which nothing can be
 * skipped, or of a stream that has ended, is the full playlist.
 */
export function mediaPlaylist(
  snapshot: RenditionSnapshot,
  reports: readonly RenditionReport[],
  form: PlaylistForm = 'full',
): string {
  const { segments, cut, nextPart } = snapshot;
  const endSeconds = segments.reduce((total, segment) => total + segment.durationSeconds, 0);
  const targetSeconds = targetDurationOf(cut);
  const canSkipUntil = canSkipUntilTargets * targetSeconds;
  const skipped = form === 'delta' && !snapshot.ended ? countSkippable(segments, endSeconds, canSkipUntil) : 0;
  const partsListedSeconds = partsListedTargets * targetSeconds;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    ...control(cut, targetSeconds, canSkipUntil),
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.mediaSequence ?? nextPart.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${snapshot.discontinuitySequence}`,
  ];
  if (skipped > 0) {
    lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  }
  let startSeconds = 0;
  let initUri: string | undefined;
  segments.forEach((segment, index) => {
    const segmentEndSeconds = startSeconds + segment.durationSeconds;
    startSeconds = segmentEndSeconds;
    if (index < skipped) {
      return;
    }
    if (segment.closed || !cut.hidesParts) {
      pushSegmentHead(lines, segment, initUri);
      initUri = segment.gap ? initUri : segment.init.uri;
    }
    if (!cut.hidesParts && (!segment.closed || endSeconds - segmentEndSeconds < partsListedSeconds)) {
      pushParts(lines, segment.parts);
    }
    if (segment.closed) {
      lines.push(`#EXTINF:${decimalSeconds(segment.durationSeconds)},`, segment.uri);
    }
  });
  if (snapshot.ended) {
    lines.push('#EXT-X-ENDLIST');
  } else if (!cut.hidesParts) {
    lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${nextPart.uri}"`);
  }
  for (const { uri, lastMediaSequence, lastPartIndex } of cut.hidesParts ? [] : reports) {
    lines.push(`#EXT-X-RENDITION-REPORT:URI="${uri}",LAST-MSN=${lastMediaSequence},LAST-PART=${lastPartIndex}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Without parts nothing is worth being waited for: such a playlist is asked for as plain HLS is. */
function control(cut: CutPlan, targetSeconds: number, canSkipUntilSeconds: number): string[] {
  const skipAndHold = `CAN-SKIP-UNTIL=${canSkipUntilSeconds},HOLD-BACK=${holdBackTargets * targetSeconds}`;
  if (cut.hidesParts) {
    return [`#EXT-X-SERVER-CONTROL:${skipAndHold}`];
  }
  const partHoldBack = decimalSeconds(cut.partHoldBackSeconds);
  return [
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,${skipAndHold},PART-HOLD-BACK=${partHoldBack}`,
    `#EXT-X-PART-INF:PART-TARGET=${decimalSeconds(cut.partTargetSeconds)}`,
  ];
}

/** How many of the oldest segments end before the skip boundary. */
function countSkippable(segments: readonly Segment[], endSeconds: number, canSkipUntilSeconds: number): number {
  let count = 0;
  let seconds = 0;
  for (const segment of segments) {
    seconds += segment.durationSeconds;
    if (endSeconds - seconds < canSkipUntilSeconds) {
      break;
    }
    count += 1;
  }
  return count;
}

/**
 * The tags that must come before a segment's first part (RFC 8216bis 4.4.4.9). The first segment listed repeats its
 * EXT-X-MAP, also in a delta: players differ in what they carry over from the skipped ones.
 */
function pushSegmentHead(lines: string[], segment: Segment, previousInitUri: string | undefined): void {
  if (segment.discontinuity) {
    lines.push('#EXT-X-DISCONTINUITY');
  }
  if (!segment.gap && (segment.discontinuity || segment.init.uri !== previousInitUri)) {
    lines.push(`#EXT-X-MAP:URI="${segment.init.uri}"`);
  }
  lines.push(`#EXT-X-PROGRAM-DATE-TIME:${programDateTime(segment.programDateTimeMs)}`);
  if (segment.gap) {
    lines.push('#EXT-X-GAP');
  }
}

function pushParts(lines: string[], parts: readonly Part[]): void {
  for (const part of parts) {
    const independent = part.independent ? ',INDEPENDENT=YES' : '';
    lines.push(`#EXT-X-PART:DURATION=${decimalSeconds(part.durationSeconds)},URI="${part.uri}"${independent}`);
  }
}
