const dayMs = 86_400_000;

const timeFormat = (zone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** Which calendar day it is in a zone, as days since 1970. */
function dayNumber(date: Date, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return Math.round(Date.parse(`${parts.format(date)}T00:00:00Z`) / dayMs);
}

/** `18:45` in the viewer's zone. */
export function timeOfDay(date: Date, zone: string): string {
  return timeFormat(zone).format(date);
}

/** today, tomorrow, yesterday, a weekday within the week to come, else `12 Dec`, with the year when it is another one. */
export function dayWord(date: Date, now: Date, zone: string): string {
  const distance = dayNumber(date, zone) - dayNumber(now, zone);
  switch (distance) {
    case -1:
      return 'yesterday';
    case 0:
      return 'today';
    case 1:
      return 'tomorrow';
    default:
  }
  if (distance > 1 && distance < 7) {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'long' }).format(date);
  }
  const inYear = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' }).format(date);
  const year = (day: Date) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric' }).format(day);
  return year(date) === year(now) ? inYear : `${inYear} ${year(date)}`;
}

/** `1:42:17`, `4:07`. */
export function clockLength(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}
