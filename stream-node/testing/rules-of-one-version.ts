import type { ListedPlaylist, ListedSegment } from './listed-playlist';
import { type Report, roundingSeconds } from './violation';

/** How far the programme date times of neighbours may be from the media between them: clocks are slewed, not stepped. */
const programDateTimeToleranceMs = 20;

/** What one version of a live media playlist must obey by itself (RFC 8216bis 4.4.3 to 4.4.5, 6.2.1, 6.2.2). */
export function checkOneVersion(playlist: ListedPlaylist, report: Report): void {
  checkHead(playlist, report);
  checkHint(playlist, report);
  checkReports(playlist, report);
  for (const [index, segment] of playlist.segments.entries()) {
    const isLast = index === playlist.segments.length - 1;
    checkSegment(playlist, segment, isLast, report);
    checkParts(playlist, segment, isLast, report);
    const next = playlist.segments[index + 1];
    if (next) {
      checkNeighbours(segment, next, report);
    }
  }
  checkListedParts(playlist, report);
}

function checkHead(playlist: ListedPlaylist, report: Report): void {
  const { targetDurationSeconds, serverControl, partTargetSeconds, version, skipped } = playlist;
  const control = (name: string) => Number(serverControl.get(name) ?? Number.NaN);
  if (!Number.isInteger(targetDurationSeconds)) {
    report('target-duration', 'EXT-X-TARGETDURATION is missing or no whole number');
  }
  if (serverControl.get('CAN-BLOCK-RELOAD') !== 'YES') {
    report('can-block-reload', 'a low-latency playlist needs CAN-BLOCK-RELOAD=YES');
  }
  if (partTargetSeconds === undefined) {
    if (playlist.segments.some(({ parts }) => parts.length > 0)) {
      report('part-inf', 'parts are listed without EXT-X-PART-INF');
    }
  } else if (!(control('PART-HOLD-BACK') >= 3 * partTargetSeconds - roundingSeconds)) {
    report('part-hold-back', `${control('PART-HOLD-BACK')} is less than three part targets`);
  }
  if (serverControl.has('HOLD-BACK') && control('HOLD-BACK') < 3 * targetDurationSeconds) {
    report('hold-back', `${control('HOLD-BACK')} is less than three target durations`);
  }
  if (serverControl.has('CAN-SKIP-UNTIL') && control('CAN-SKIP-UNTIL') < 6 * targetDurationSeconds) {
    report('can-skip-until', `${control('CAN-SKIP-UNTIL')} is less than six target durations`);
  }
  if (version < neededVersion(playlist)) {
    report('version', `${version} is less than the ${neededVersion(playlist)} that its tags need`);
  }
  if (skipped !== undefined) {
    checkSkip(playlist, skipped, control('CAN-SKIP-UNTIL'), report);
  }
}

function neededVersion({ skipped, segments }: ListedPlaylist): number {
  if (skipped !== undefined) {
    return 9;
  }
  return segments.some(({ gap }) => gap) ? 8 : 6;
}

function checkSkip(playlist: ListedPlaylist, skipped: number, canSkipUntilSeconds: number, report: Report): void {
  const listedSeconds = playlist.segments.reduce((total, { durationSeconds }) => total + durationSeconds, 0);
  if (playlist.ended) {
    report('skip-after-end', 'EXT-X-SKIP with EXT-X-ENDLIST');
  }
  if (!(skipped >= 1)) {
    report('skip-count', `SKIPPED-SEGMENTS=${skipped}`);
  }
  if (!(listedSeconds >= canSkipUntilSeconds - roundingSeconds * playlist.segments.length)) {
    report('skip-too-much', `only ${listedSeconds} s are left, CAN-SKIP-UNTIL is ${canSkipUntilSeconds}`);
  }
}

function checkHint({ hints, ended }: ListedPlaylist, report: Report): void {
  if (ended && hints.length > 0) {
    report('hint-after-end', `EXT-X-PRELOAD-HINT ${hints[0]} with EXT-X-ENDLIST`);
  }
  if (!ended && hints.length !== 1) {
    report('hint-count', `${hints.length} hints for the next part`);
  }
}

function checkReports({ reports }: ListedPlaylist, report: Report): void {
  for (const { uri, lastMediaSequence, lastPartIndex } of reports) {
    if (uri === '' || uri.startsWith('/') || uri.includes('://')) {
      report('report-uri', `${JSON.stringify(uri)} is not relative`);
    }
    if (!Number.isInteger(lastMediaSequence) || !Number.isInteger(lastPartIndex)) {
      report('report-position', `${uri}: LAST-MSN ${lastMediaSequence}, LAST-PART ${lastPartIndex}`);
    }
  }
}

function checkSegment(playlist: ListedPlaylist, segment: ListedSegment, isLast: boolean, report: Report): void {
  const where = `segment ${segment.mediaSequence}`;
  if (segment.uri === undefined && (!isLast || playlist.ended)) {
    report('open-segment', `${where} has no URI though ${isLast ? 'the stream has ended' : 'another follows'}`);
  }
  if (Math.round(segment.durationSeconds) > playlist.targetDurationSeconds) {
    report(
      'segment-too-long',
      `${where} lasts ${segment.durationSeconds}, the target is ${playlist.targetDurationSeconds}`,
    );
  }
  if (segment.programDateTimeMs === undefined || Number.isNaN(segment.programDateTimeMs)) {
    report('program-date-time', `${where} has none`);
  }
  if (segment.map === undefined && !segment.gap) {
    report('map', `${where} has no init section`);
  }
  for (const tag of segment.lateTags) {
    report('late-tag', `${where}: ${tag} after its first part`);
  }
  if ([segment.uri, segment.map, ...segment.parts.map(({ uri }) => uri)].some((uri) => uri?.includes('_HLS_'))) {
    report('echoed-directive', `${where} repeats a delivery directive in a URI`);
  }
}

function checkParts(playlist: ListedPlaylist, segment: ListedSegment, isLast: boolean, report: Report): void {
  const target = playlist.partTargetSeconds ?? Number.POSITIVE_INFINITY;
  const { parts } = segment;
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (!(part.durationSeconds <= target)) {
      report('part-too-long', `${part.uri} lasts ${part.durationSeconds}, the target is ${target}`);
    }
    // The last part of a segment may be short; whether it is the last one of an open segment is not known yet.
    const isExempt = part.independent || part.gap || next === undefined || next.gap;
    if (part.durationSeconds < 0.85 * target && !isExempt) {
      report('part-too-short', `${part.uri} lasts ${part.durationSeconds}, 85 % of the target is ${0.85 * target}`);
    }
  }
  const seconds = parts.reduce((total, { durationSeconds }) => total + durationSeconds, 0);
  const isWhole = segment.uri !== undefined || !isLast;
  if (parts.length > 0 && isWhole && Math.abs(seconds - segment.durationSeconds) > roundingSeconds) {
    report('parts-sum', `segment ${segment.mediaSequence} lasts ${segment.durationSeconds}, its parts ${seconds}`);
  }
}

function checkNeighbours(segment: ListedSegment, next: ListedSegment, report: Report): void {
  if (segment.programDateTimeMs === undefined || next.programDateTimeMs === undefined) {
    return;
  }
  const endMs = segment.programDateTimeMs + segment.durationSeconds * 1000;
  const offMs = next.programDateTimeMs - endMs;
  const isBreak = next.discontinuity || segment.gap || next.gap;
  if (offMs < -programDateTimeToleranceMs || (!isBreak && offMs > programDateTimeToleranceMs)) {
    report(
      'program-date-time',
      `segment ${next.mediaSequence} begins ${Math.round(offMs)} ms off the end of the one before`,
    );
  }
}

/** Parts are listed for the last three target durations, and go after that (RFC 8216bis 6.2.2). */
function checkListedParts({ segments, targetDurationSeconds }: ListedPlaylist, report: Report): void {
  let laterSeconds = 0;
  for (const segment of segments.toReversed()) {
    const isNear = laterSeconds < 3 * targetDurationSeconds - roundingSeconds * segments.length;
    const isFar = laterSeconds > 3 * targetDurationSeconds + roundingSeconds * segments.length;
    if (isNear && segment.parts.length === 0 && !segment.gap) {
      report('parts-gone', `segment ${segment.mediaSequence} is ${laterSeconds} s from the end and lists no parts`);
    }
    if (isFar && segment.parts.length > 0) {
      report('parts-kept', `segment ${segment.mediaSequence} is ${laterSeconds} s from the end and lists parts`);
    }
    laterSeconds += segment.durationSeconds;
  }
}
