/** The stretch of time a dial shows, on the event clock (unix ms). */
export type DialScale = { startMs: number; endMs: number };

export const liveDialMs = 10 * 60_000;
/** a window this much longer than ten minutes is one that a host has chosen, and no segment too many */
const chosenAboveMs = liveDialMs + 60_000;

/** On live the last ten minutes up to the edge, or all that a longer window holds; on a recording the whole of it. */
export function dialScale(isLive: boolean, window: DialScale): DialScale {
  if (!isLive || window.endMs - window.startMs > chosenAboveMs) {
    return window;
  }
  return { startMs: window.endMs - liveDialMs, endMs: window.endMs };
}

/** Where a moment lies on the dial, 0 to 1. */
export function fractionOf(scale: DialScale, momentMs: number): number {
  const lengthMs = scale.endMs - scale.startMs;
  return lengthMs <= 0 ? 1 : clamp((momentMs - scale.startMs) / lengthMs, 0, 1);
}

/** The moment at a place of the dial, kept within what can be played. */
export function momentAt(scale: DialScale, fraction: number, window: DialScale): number {
  const momentMs = scale.startMs + clamp(fraction, 0, 1) * (scale.endMs - scale.startMs);
  return clamp(momentMs, window.startMs, window.endMs);
}

/** Where a key of a slider takes the needle, or null for a key that is none of its own. */
export function momentAfterKey(key: string, positionMs: number, window: DialScale): number | null {
  const moved = (seconds: number) => clamp(positionMs + seconds * 1000, window.startMs, window.endMs);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return moved(-5);
    case 'ArrowRight':
    case 'ArrowUp':
      return moved(5);
    case 'PageDown':
      return moved(-60);
    case 'PageUp':
      return moved(60);
    case 'Home':
      return window.startMs;
    case 'End':
      return window.endMs;
    default:
      return null;
  }
}

/** "4.8 seconds", "1 minute 5 seconds", "2 hours 3 minutes": for value texts, read aloud. */
export function durationInWords(seconds: number): string {
  if (seconds < 10) {
    return plural(Math.round(Math.max(0, seconds) * 10) / 10, 'second');
  }
  const whole = Math.round(seconds);
  const parts = [
    { count: Math.floor(whole / 3600), unit: 'hour' },
    { count: Math.floor((whole % 3600) / 60), unit: 'minute' },
    { count: whole >= 3600 ? 0 : whole % 60, unit: 'second' },
  ];
  const words = parts.filter(({ count }) => count > 0).map(({ count, unit }) => plural(count, unit));
  return words.join(' ');
}

/** "4:12", "1:02:09": for the eye. */
export function durationOnClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const padded = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(whole % 60)}` : `${minutes}:${padded(whole % 60)}`;
}

/** What a screen reader says of the needle. */
export function dialValueText(isLive: boolean, positionMs: number, scale: DialScale, behindSeconds: number): string {
  if (isLive) {
    return `${durationInWords(behindSeconds)} behind live`;
  }
  const at = durationInWords((positionMs - scale.startMs) / 1000);
  return `${at} of ${durationInWords((scale.endMs - scale.startMs) / 1000)}`;
}

export type DialTick = { fraction: number; label: string | null };

/** The ticks of a dial with their labels: minutes before the edge on live, time from the start on a recording. */
export function dialTicks(isLive: boolean, scale: DialScale): DialTick[] {
  if (isLive && scale.endMs - scale.startMs > liveDialMs) {
    return longLiveTicks(scale);
  }
  if (isLive) {
    return Array.from({ length: 61 }, (_, index) => {
      const minutes = 10 - index / 6;
      const isMinute = index % 6 === 0;
      return {
        fraction: index / 60,
        label: isMinute && minutes > 0 ? (minutes === 10 ? '−10 min' : `−${minutes}`) : null,
      };
    });
  }
  const lengthSeconds = (scale.endMs - scale.startMs) / 1000;
  const stepSeconds = [5, 10, 30, 60, 120, 300, 600, 1200, 1800].find((step) => lengthSeconds / step <= 12) ?? 3600;
  const count = Math.floor(lengthSeconds / stepSeconds) + 1;
  return Array.from({ length: Math.max(1, count) }, (_, index) => ({
    fraction: lengthSeconds <= 0 ? 0 : (index * stepSeconds) / lengthSeconds,
    label: durationOnClock(index * stepSeconds),
  }));
}

/** Whole minutes before the edge, a dozen at most. */
function longLiveTicks({ startMs, endMs }: DialScale): DialTick[] {
  const lengthMinutes = (endMs - startMs) / 60_000;
  const stepMinutes = [2, 5, 10, 15].find((step) => lengthMinutes / step <= 12) ?? 30;
  const count = Math.floor(lengthMinutes / stepMinutes);
  return Array.from({ length: count }, (_, index) => {
    const minutes = (count - index) * stepMinutes;
    return { fraction: 1 - minutes / lengthMinutes, label: index === 0 ? `−${minutes} min` : `−${minutes}` };
  });
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
