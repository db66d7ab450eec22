import type { EventView } from '../events/event-view';

/** A language in its own script: `ne` → नेपाली. Unknown tags stay as they are. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([tag], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
  } catch {
    return tag;
  }
}

const startFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** When an event begins, for readers of whom nobody knows where they are. */
export function startWords(event: Pick<EventView, 'startsAt'>): string {
  return event.startsAt === null ? 'Live commentary' : `${startFormat.format(event.startsAt)} UTC`;
}

/** One line of at most 200 characters: what previews show. */
export function oneLine(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length <= 200
    ? line
    : `${line
        .slice(0, 199)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;
}
