const pad = (value: number) => String(value).padStart(2, '0');

/** A moment as `<input type="datetime-local">` wants it, in the zone of the browser: `2026-12-09T18:45`. */
export function toLocalDateTime(date: Date | null): string {
  if (date === null) {
    return '';
  }
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

const wholeField = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** What such a field holds as a moment; `null` when it is empty or half typed, which `Date` would take for some day. */
export function fromLocalDateTime(value: string): Date | null {
  const date = new Date(value);
  return wholeField.test(value) && !Number.isNaN(date.getTime()) ? date : null;
}
