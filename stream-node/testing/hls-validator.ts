import { readListedPlaylist } from './listed-playlist';
import { checkRenditions } from './rules-across-renditions';
import { checkMultivariant } from './rules-of-a-multivariant';
import { checkRecording } from './rules-of-a-recording';
import { checkOneVersion } from './rules-of-one-version';
import { checkText } from './rules-of-the-text';
import { checkCadence, checkHistory, checkStep, type History, type TimedPlaylist } from './rules-over-time';
import type { Violation } from './violation';

/** A media playlist as a client got it; a delta update counts as a version like any other. */
export type FetchedPlaylist = { readonly text: string; readonly fetchedAtMs: number };

/**
 * Checks the successive versions of one live media playlist, oldest first, against the rules of low-latency HLS
 * (RFC 8216bis 4.4.3 to 4.4.5, 6.2.1, 6.2.2). The first version must be a full one.
 *
 * @param options.cadenceToleranceMs set it to check as well that parts come in time; the versions must then have been
 * fetched by blocking reload
 * @returns every violation in the order found; none for a playlist that obeys
 */
export function validateVersions(
  versions: readonly FetchedPlaylist[],
  options: { cadenceToleranceMs?: number } = {},
): Violation[] {
  const violations: Violation[] = [];
  const history: History = new Map();
  const lines = new Set<string>();
  let before: TimedPlaylist | undefined;
  for (const { text, fetchedAtMs } of versions) {
    const after = { playlist: readListedPlaylist(text), fetchedAtMs };
    const report = (rule: string, detail: string) => violations.push({ rule, detail });
    checkText(text, report, lines);
    checkOneVersion(after.playlist, report);
    if (before) {
      checkStep(before.playlist, after.playlist, history, report);
      if (options.cadenceToleranceMs !== undefined) {
        checkCadence(before, after, options.cadenceToleranceMs, report);
      }
    }
    checkHistory(after.playlist, history, report);
    before = after;
  }
  return violations;
}

/**
 * Checks the media playlist of a recording, or `dvr.m3u8`: every segment has its time, none begins before the one before it has
 * ended, and none is longer than the target (RFC 8216bis 4.4.3.1, 4.4.4.6).
 */
export function validateRecording(text: string): Violation[] {
  const violations: Violation[] = [];
  const report = (rule: string, detail: string) => violations.push({ rule, detail });
  checkText(text, report);
  checkRecording(readListedPlaylist(text), report);
  return violations;
}

/** Checks a multivariant playlist, live or of a recording (RFC 8216bis 4.4.6). */
export function validateMultivariant(text: string): Violation[] {
  const violations: Violation[] = [];
  checkMultivariant(text, (rule, detail) => violations.push({ rule, detail }));
  return violations;
}

/** Checks what the media playlists of one stream must agree on; the texts, by rendition, are of the same moment. */
export function validateRenditions(texts: Readonly<Record<string, string>>): Violation[] {
  const violations: Violation[] = [];
  const playlists = new Map(Object.entries(texts).map(([id, text]) => [id, readListedPlaylist(text)]));
  checkRenditions(playlists, (rule, detail) => violations.push({ rule, detail }));
  return violations;
}
