import { expect } from 'vitest';
import { targetDurationSeconds } from '../contract/profiles';
import type { RenditionWindow } from './live-window';
import type { RenditionSnapshot, Segment } from './media-types';

/** For tests: the rules that every snapshot of a live window keeps, whatever came in (RFC 8216bis). */
export function expectPlaylistRules(window: RenditionWindow): void {
  const snapshot = window.snapshot();
  const { segments } = snapshot;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    expect(segment.closed, 'only the last segment is open').toBe(next !== undefined || segment.closed);
    expectSegmentRules(segment, snapshot);
    if (next !== undefined) {
      expect(next.mediaSequence, 'media sequences count up by one').toBe(segment.mediaSequence + 1);
      expectFollows(segment, next);
    }
    for (const part of segment.parts) {
      expect(window.partBytes(part.uri)?.byteLength, 'a listed part can be fetched').toBe(part.bytes.byteLength);
    }
    if (segment.closed && segment.gap === undefined) {
      expect(window.segmentBytes(segment.uri), 'a closed segment can be fetched').toBeDefined();
    }
    expect(window.initBytes(segment.init.uri), 'its init section can be fetched').toBeDefined();
  }
  const last = segments.findLast(({ gap }) => gap === undefined);
  const { nextPart } = snapshot;
  if (last !== undefined && !snapshot.ended) {
    const isNext = nextPart.mediaSequence > last.mediaSequence || nextPart.partIndex === last.parts.length;
    expect(isNext, `the hint ${nextPart.uri} comes after what is there`).toBe(true);
  }
}

function expectSegmentRules(segment: Segment, { rendition, cut }: RenditionSnapshot): void {
  expect(Math.round(segment.durationSeconds), 'EXTINF rounds to the target duration at most').toBeLessThanOrEqual(
    targetDurationSeconds,
  );
  if (segment.gap) {
    expect(segment.parts).toEqual([]);
    expect(segment.durationSeconds).toBeGreaterThan(0);
    return;
  }
  if (segment.parts.length === 0) {
    return;
  }
  const sum = segment.parts.reduce((seconds, part) => seconds + part.durationSeconds, 0);
  expect(sum, 'a segment lasts as long as its parts').toBeCloseTo(segment.durationSeconds, 6);
  expect(segment.parts[0]?.independent, `${rendition.id}: a segment starts with a keyframe`).toBe(true);
  for (const [index, part] of segment.parts.entries()) {
    expect(part).toMatchObject({ mediaSequence: segment.mediaSequence, partIndex: index });
    expect(part.durationSeconds, 'no part is longer than the part target').toBeLessThanOrEqual(
      cut.partTargetSeconds + 1e-6,
    );
    if (index < segment.parts.length - 1) {
      expect(part.durationSeconds, 'no part but the last is shorter than 85 %').toBeGreaterThanOrEqual(
        cut.partTargetSeconds * 0.85,
      );
    }
  }
}

function expectFollows(segment: Segment, next: Segment): void {
  const gapMs = next.programDateTimeMs - (segment.programDateTimeMs + segment.durationSeconds * 1000);
  if (next.discontinuity || next.gap || segment.gap) {
    expect(next.programDateTimeMs, 'time never goes back').toBeGreaterThanOrEqual(segment.programDateTimeMs);
  } else {
    expect(Math.abs(gapMs), 'within a session time is continuous').toBeLessThan(3);
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
