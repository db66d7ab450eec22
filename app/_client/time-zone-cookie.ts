/** The cookie that tells the next page's server rendering the viewer's time zone. */
export const timeZoneCookie = 'zyzz-zone';

/** A cookie's value as an IANA zone that this runtime knows; anything else is UTC. */
export function zoneOf(value: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: decodeURIComponent(value ?? 'UTC') }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
