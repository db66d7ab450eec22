/** Seconds as a decimal of at most five places (10 µs), without trailing zeros: playlists are sent three times a second. */
export function decimalSeconds(seconds: number): string {
  return String(Number(seconds.toFixed(5)));
}

/** An event-clock time (unix milliseconds) as EXT-X-PROGRAM-DATE-TIME wants it: ISO 8601 with milliseconds, in UTC. */
export function programDateTime(unixMs: number): string {
  return new Date(Math.round(unixMs)).toISOString();
}
