/** A stretch of a media playlist: where it lies in the player, and when it happened. */
export type DatedFragment = { start: number; duration: number; programDateTime: number | null };

/** The event-clock time (unix ms) of a media time, by EXT-X-PROGRAM-DATE-TIME; null where the playlist says nothing. */
export function dateAt(fragments: readonly DatedFragment[], mediaSeconds: number): number | null {
  const fragment = fragmentAt(fragments, (candidate) => candidate.start <= mediaSeconds);
  return fragment === null ? null : fragment.date + (mediaSeconds - fragment.start) * 1000;
}

/**
 * The media time of an event-clock time; null where no playlist says. A moment in a gap between two takes, or outside of
 * all, gives the nearest end before it.
 */
export function timeAt(fragments: readonly DatedFragment[], dateMs: number): number | null {
  const fragment = fragmentAt(fragments, (candidate) => (candidate.programDateTime ?? dateMs) <= dateMs);
  if (fragment === null) {
    return null;
  }
  const offsetSeconds = Math.max(0, (dateMs - fragment.date) / 1000);
  return fragment.start + Math.min(offsetSeconds, fragment.duration);
}

/** The last dated fragment that lies before, or else the first dated one. */
function fragmentAt(fragments: readonly DatedFragment[], isBefore: (fragment: DatedFragment) => boolean) {
  let found: { start: number; duration: number; date: number } | null = null;
  for (const fragment of fragments) {
    if (fragment.programDateTime === null) {
      continue;
    }
    if (found !== null && !isBefore(fragment)) {
      break;
    }
    found = { start: fragment.start, duration: fragment.duration, date: fragment.programDateTime };
  }
  return found;
}
