import { targetDurationOf } from '../contract/profiles';
import type { RenditionWindow } from './live-window';
import type { RenditionSnapshot, Segment } from './media-types';

/** The longest segment that is tested. */
const targetDurationMsMax = 5000;

/** For tests: the rules that every snapshot of a live window keeps, whatever came in (RFC 8216bis). */
export function expectPlaylistRules(window: RenditionWindow): void {
  const snapshot = window.snapshot();
  const { segments, nextPart } = snapshot;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    must(segment.closed || next === undefined, 'only the last segment is open', segment);
    expectSegmentRules(segment, snapshot);
    expectFetchable(segment, window);
    if (next !== undefined) {
      must(next.mediaSequence === segment.mediaSequence + 1, 'media sequences count up by one', next);
      expectFollows(segment, next);
    }
  }
  const last = segments.findLast(({ gap }) => gap === undefined);
  if (last !== undefined && !snapshot.ended) {
    const isNext = nextPart.mediaSequence > last.mediaSequence || nextPart.partIndex === last.parts.length;
    must(isNext, `the hint ${nextPart.uri} comes after what is there`, last);
  }
}

function expectSegmentRules(segment: Segment, { cut }: RenditionSnapshot): void {
  must(Math.round(segment.durationSeconds) <= targetDurationOf(cut), 'EXTINF rounds to the target at most', segment);
  must(segment.durationSeconds > 0, 'a segment lasts', segment);
  must(!segment.gap || segment.parts.length === 0, 'a gap has no parts', segment);
  if (segment.parts.length === 0) {
    return;
  }
  const sum = segment.parts.reduce((seconds, part) => seconds + part.durationSeconds, 0);
  must(Math.abs(sum - segment.durationSeconds) < 1e-6, 'a segment lasts as long as its parts', segment);
  must(segment.parts[0]?.independent === true, 'a segment starts with a keyframe', segment);
  for (const [index, part] of segment.parts.entries()) {
    must(part.mediaSequence === segment.mediaSequence && part.partIndex === index, 'parts count up', segment);
    must(part.durationSeconds <= cut.partTargetSeconds + 1e-6, 'no part is longer than the part target', segment);
    const isLast = index === segment.parts.length - 1;
    must(isLast || part.durationSeconds >= cut.partTargetSeconds * 0.85, 'no part but the last is below 85 %', segment);
  }
}

function expectFetchable(segment: Segment, window: RenditionWindow): void {
  for (const part of segment.parts) {
    must(window.partBytes(part.uri)?.equals(part.bytes) === true, 'a listed part can be fetched', segment);
  }
  const isWhole = segment.closed && segment.gap === undefined;
  must((window.segmentBytes(segment.uri) !== undefined) === isWhole, 'exactly whole segments can be fetched', segment);
  must(window.initBytes(segment.init.uri) !== undefined, 'the init section can be fetched', segment);
}

function expectFollows(segment: Segment, next: Segment): void {
  if (next.discontinuity || next.gap || segment.gap) {
    // A gap that only carries a number lies where the media before it ended, and the clock is slewed meanwhile.
    const slewMs = segment.gap ? targetDurationMsMax / 1000 : 0;
    must(next.programDateTimeMs >= segment.programDateTimeMs - slewMs, 'time never goes back', next);
  } else {
    const endMs = segment.programDateTimeMs + segment.durationSeconds * 1000;
    // The clock is slewed by a millisecond a second; another one is left to rounding.
    const slewMs = segment.durationSeconds + 1;
    must(Math.abs(next.programDateTimeMs - endMs) < slewMs, 'within a session time is continuous', next);
  }
}

/** Much cheaper than an `expect`, for rules that are checked a million times. */
function must(holds: boolean, rule: string, segment: Segment): void {
  if (!holds) {
    const { init: _, parts, ...shown } = segment;
    const seconds = parts.map((part) => part.durationSeconds);
    throw new Error(`${rule}: ${JSON.stringify({ ...shown, parts: seconds })}`);
  }
}

/** For tests: discontinuity numbers by media sequence. */
export function discontinuityNumbers(snapshot: RenditionSnapshot): Map<number, number> {
  let number = snapshot.discontinuitySequence;
  return new Map(
    snapshot.segments.map((segment) => {
      number += segment.discontinuity ? 1 : 0;
      return [segment.mediaSequence, number];
    }),
  );
}
