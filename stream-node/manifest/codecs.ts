/**
 * The CODECS attribute of a variant: every codec once, the picture's before the sound's (RFC 8216bis 4.4.6.2). Takes of
 * one recording may differ, so that a rendition may bring more than one.
 */
export function codecsAttribute(codecs: readonly string[]): string {
  const sound = (codec: string) => Number(/^(mp4a|Opus)/.test(codec));
  return [...new Set(codecs)].sort((a, b) => sound(a) - sound(b)).join(',');
}
