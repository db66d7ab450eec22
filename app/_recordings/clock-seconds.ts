const clock = /^(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)$/;

/** Seconds of `1:02:03`, `62:03` or `0:05`; `null` for anything else. */
export function clockSeconds(text: string): number | null {
  const match = clock.exec(text.trim());
  if (match === null) {
    return null;
  }
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  if (match[1] !== undefined && Number(minutes) > 59) {
    return null;
  }
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
