import type { TickRange } from '../packager/media-types';
import { element, type XmlElement } from './xml';

/**
 * `SegmentTimeline` (ISO/IEC 23009-1, 5.3.9.6): runs of equal, touching segments as one `S` with a repeat count. `t` is
 * written where a segment does not begin at the end of the one before.
 */
export function segmentTimeline(segments: readonly TickRange[]): XmlElement {
  const runs: { start: number; duration: number; repeats: number; touches: boolean }[] = [];
  let end: number | undefined;
  for (const segment of segments) {
    const duration = segment.end - segment.start;
    const touches = segment.start === end;
    const run = runs.at(-1);
    if (run !== undefined && touches && run.duration === duration) {
      run.repeats += 1;
    } else {
      runs.push({ start: segment.start, duration, repeats: 0, touches });
    }
    end = segment.end;
  }
  return element(
    'SegmentTimeline',
    {},
    runs.map(({ start, duration, repeats, touches }) =>
      element('S', { t: touches ? undefined : start, d: duration, r: repeats > 0 ? repeats : undefined }),
    ),
  );
}
