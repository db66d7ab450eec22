/**
 * A language in its own script: `ne` → नेपाली. Unknown tags stay as they are.
 *
 * @param tag BCP 47
 */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames([tag], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
  } catch {
    return tag;
  }
}

/** The languages offered where one is chosen, most spoken around the grounds first; any BCP 47 tag is valid elsewhere. */
export const offeredLanguages = [
  'en',
  'ne',
  'hi',
  'bn',
  'ta',
  'te',
  'mr',
  'ur',
  'pa',
  'si',
  'sw',
  'lg',
  'af',
  'zu',
  'ar',
  'fr',
  'es',
  'pt',
  'de',
  'it',
  'nl',
] as const;
