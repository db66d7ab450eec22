import type { ListedPlaylist } from './listed-playlist';
import type { Report } from './violation';

/** Clocks are slewed by a millisecond a second, and so is what a take is told late by; a joined segment hides what it slews by. */
const slewMsPerSecond = 2;
/** Dates are told in whole milliseconds. */
const roundingMs = 1;

/** What the media playlist of a recording must obey. */
export function checkRecording({ segments, targetDurationSeconds }: ListedPlaylist, report: Report): void {
  let reachedMs = Number.NEGATIVE_INFINITY;
  let slewMs = 0;
  for (const { mediaSequence, programDateTimeMs, durationSeconds } of segments) {
    if (programDateTimeMs === undefined || Number.isNaN(programDateTimeMs)) {
      report('program-date-time', `segment ${mediaSequence} has none`);
      continue;
    }
    const backMs = reachedMs - programDateTimeMs;
    if (backMs > roundingMs + slewMs) {
      report(
        'program-date-time',
        `segment ${mediaSequence} begins ${Math.round(backMs)} ms before the end of the last`,
      );
    }
    if (Math.round(durationSeconds) > targetDurationSeconds) {
      report(
        'segment-too-long',
        `segment ${mediaSequence} lasts ${durationSeconds}, the target is ${targetDurationSeconds}`,
      );
    }
    reachedMs = programDateTimeMs + durationSeconds * 1000;
    slewMs = durationSeconds * slewMsPerSecond;
  }
}
