import type { ListedPart, ListedPlaylist, ListedSegment } from './listed-playlist';
import { type Report, roundingSeconds } from './violation';

/** A version of a playlist and when it arrived, unix milliseconds. */
export type TimedPlaylist = { readonly playlist: ListedPlaylist; readonly fetchedAtMs: number };

/** Every segment seen so far, by media sequence, with all that was ever told of it. */
export type History = Map<number, ListedSegment>;

/** What two versions that follow each other must obey (RFC 8216bis 6.2.1, 6.2.2, 6.2.5.1). */
export function checkStep(before: ListedPlaylist, after: ListedPlaylist, history: History, report: Report): void {
  checkConstants(before, after, report);
  checkSequences(before, after, history, report);
  checkHintKept(before, after, report);
  if (before.ended && (!after.ended || lastOf(after) !== lastOf(before))) {
    report('changed-after-end', `media sequence ${lastOf(after)} after an end at ${lastOf(before)}`);
  }
}

/** Compares a version with all that was told before, and adds to it. */
export function checkHistory(playlist: ListedPlaylist, history: History, report: Report): void {
  const firstListed = playlist.segments[0]?.mediaSequence ?? playlist.mediaSequence;
  for (let skipped = playlist.mediaSequence; skipped < firstListed; skipped += 1) {
    if (history.size > 0 && !history.has(skipped)) {
      report('skip-unknown', `segment ${skipped} is skipped and was never listed`);
    }
  }
  for (const segment of playlist.segments) {
    const told = history.get(segment.mediaSequence);
    if (told) {
      checkRewritten(told, segment, report);
    }
    const parts = told && told.parts.length > segment.parts.length ? told.parts : segment.parts;
    history.set(segment.mediaSequence, { ...segment, parts });
  }
}

/**
 * Parts come out in time: each within a part target of the one before (RFC 8216bis 6.2.1), give or take `toleranceMs`.
 * Holds only for versions fetched by blocking reload.
 */
export function checkCadence(before: TimedPlaylist, after: TimedPlaylist, toleranceMs: number, report: Report): void {
  const target = after.playlist.partTargetSeconds;
  const added = partsAfter(before.playlist, after.playlist);
  const isBreak = after.playlist.segments.some(
    ({ discontinuity, mediaSequence }) => discontinuity && mediaSequence > lastOf(before.playlist),
  );
  const elapsedMs = after.fetchedAtMs - before.fetchedAtMs;
  if (target !== undefined && added.length > 0 && !isBreak) {
    const allowedMs = added.length * target * 1000 + toleranceMs;
    if (elapsedMs > allowedMs) {
      report(
        'late-part',
        `${added[0]?.uri} came after ${Math.round(elapsedMs)} ms, ${Math.round(allowedMs)} are allowed`,
      );
    }
  }
}

function checkConstants(before: ListedPlaylist, after: ListedPlaylist, report: Report): void {
  if (before.targetDurationSeconds !== after.targetDurationSeconds) {
    report('target-duration', `changed from ${before.targetDurationSeconds} to ${after.targetDurationSeconds}`);
  }
  if (before.partTargetSeconds !== after.partTargetSeconds) {
    report('part-target', `changed from ${before.partTargetSeconds} to ${after.partTargetSeconds}`);
  }
  if (controlText(before) !== controlText(after)) {
    report('server-control', `changed from ${controlText(before)} to ${controlText(after)}`);
  }
}

/** EXT-X-SERVER-CONTROL in one line, whatever the order of its attributes. */
export function controlText({ serverControl }: ListedPlaylist): string {
  return [...serverControl]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join();
}

function checkSequences(before: ListedPlaylist, after: ListedPlaylist, history: History, report: Report): void {
  if (after.mediaSequence < before.mediaSequence) {
    report('media-sequence', `went back from ${before.mediaSequence} to ${after.mediaSequence}`);
  }
  if (lastOf(after) < lastOf(before)) {
    report('media-sequence', `the end went back from ${lastOf(before)} to ${lastOf(after)}`);
  }
  if (lastOf(before) + 1 < after.mediaSequence) {
    return; // too much time has passed between the two to say more
  }
  let removed = 0;
  for (let mediaSequence = before.mediaSequence; mediaSequence < after.mediaSequence; mediaSequence += 1) {
    removed += history.get(mediaSequence)?.discontinuity ? 1 : 0;
  }
  if (after.discontinuitySequence - before.discontinuitySequence !== removed) {
    report(
      'discontinuity-sequence',
      `went from ${before.discontinuitySequence} to ${after.discontinuitySequence}, ${removed} left the playlist`,
    );
  }
  const seconds = after.segments.reduce((total, { durationSeconds }) => total + durationSeconds, 0);
  const isShort = seconds < 3 * after.targetDurationSeconds - roundingSeconds * after.segments.length;
  if (after.mediaSequence > before.mediaSequence && after.skipped === undefined && isShort) {
    report('removed-too-much', `only ${seconds} s are left in the playlist`);
  }
}

function checkRewritten(told: ListedSegment, now: ListedSegment, report: Report): void {
  const where = `segment ${now.mediaSequence}`;
  const isSame = (field: 'uri' | 'map' | 'programDateTimeMs' | 'discontinuity' | 'gap') => {
    if (told[field] !== undefined && now[field] !== told[field] && !(field === 'map' && now.map === undefined)) {
      report('rewritten', `${where}: ${field} was ${told[field]}, is ${now[field]}`);
    }
  };
  isSame('uri');
  isSame('map');
  isSame('programDateTimeMs');
  isSame('discontinuity');
  isSame('gap');
  if (told.uri !== undefined && told.durationSeconds !== now.durationSeconds) {
    report('rewritten', `${where}: its duration was ${told.durationSeconds}, is ${now.durationSeconds}`);
  }
  if (told.uri !== undefined && now.parts.length > told.parts.length) {
    report('rewritten', `${where}: ${now.parts.length} parts, it was closed with ${told.parts.length}`);
  }
  if (now.parts.length > 0 && now.parts.length < told.parts.length) {
    report('rewritten', `${where}: ${now.parts.length} parts, ${told.parts.length} were listed`);
  }
  for (const [index, part] of now.parts.entries()) {
    const before = told.parts[index];
    if (before && JSON.stringify(before) !== JSON.stringify(part)) {
      report('rewritten', `${where}: part ${index} was ${JSON.stringify(before)}, is ${JSON.stringify(part)}`);
    }
  }
}

/** What was hinted is what comes, unless the session broke off and another one comes (RFC 8216bis 4.4.5.3). */
function checkHintKept(before: ListedPlaylist, after: ListedPlaylist, report: Report): void {
  const [hint] = before.hints;
  const last = before.segments.at(-1);
  const lastNow = after.segments.find(({ mediaSequence }) => mediaSequence === last?.mediaSequence);
  if (last === undefined || lastNow === undefined || lastNow.parts.length < last.parts.length) {
    return; // too much time has passed between the two: the part that was hinted is not listed any more
  }
  const [next] = partsAfter(before, after);
  const added = after.segments.filter(({ mediaSequence }) => mediaSequence > lastOf(before));
  const startsSession = added.some(({ discontinuity }) => discontinuity);
  if (hint !== undefined && next !== undefined && !startsSession && next.uri !== hint) {
    report('hint-broken', `${hint} was hinted, ${next.uri} came`);
  }
}

/** The parts that `after` lists and `before` did not, oldest first. */
function partsAfter(before: ListedPlaylist, after: ListedPlaylist): ListedPart[] {
  const last = before.segments.at(-1);
  return after.segments.flatMap(({ mediaSequence, parts }) => {
    if (last === undefined || mediaSequence > last.mediaSequence) {
      return parts;
    }
    return mediaSequence === last.mediaSequence ? parts.slice(last.parts.length) : [];
  });
}

function lastOf(playlist: ListedPlaylist): number {
  return playlist.segments.at(-1)?.mediaSequence ?? playlist.mediaSequence - 1;
}
