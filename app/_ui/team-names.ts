/**
 * The two sides of a match, when an event's name tells them: `Nepal v Kenya` or `Kabaddi: Biratnagar vs Janakpur`.
 * `null` for a marathon.
 */
export function teamNames(eventName: string): [home: string, away: string] | null {
  const match = /^(?:[^:]*:\s*)?(.+?)\s+(?:v|vs|vs\.|–|-)\s+(.+?)$/iu.exec(eventName.trim());
  const [, home, away] = match ?? [];
  return home === undefined || away === undefined ? null : [home, away];
}
