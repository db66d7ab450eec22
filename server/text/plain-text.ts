import { z } from 'zod';

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader would call characters: an emoji family counts as one. */
export function countGraphemes(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) {
    count += 1;
  }
  return count;
}

/** Control characters but tab and line feed; halves of a surrogate pair. */
const controlCharacter = /[\p{Cc}\p{Cs}]/u;
/** Explicit direction overrides and isolates: they make one text read as another. */
const directionOverride = /[\u202a-\u202e\u2066-\u2069]/u;
/**
 * Hebrew and Thai stack up to three marks on a letter, Burmese four (ကြို့); a fifth is there to break the page.
 * Format characters between marks, such as joiners, draw nothing and end no stack.
 */
const stackedMarks = /(?:\p{M}\p{Cf}*){5,}/u;
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Text that people typed and others will read, trimmed and in NFC. HTML is just text here: it is never interpreted.
 *
 * @param limits.graphemesMax in characters as a reader counts them; the raw text may be at most eight times as long
 * @param limits.multiline allows line feeds and tabs
 */
export function plainText(limits: { graphemesMin: number; graphemesMax: number; multiline?: boolean }) {
  const { graphemesMin, graphemesMax } = limits;
  const multiline = limits.multiline ?? false;
  const tooLong = `at most ${graphemesMax} characters`;
  return z
    .string('must be text')
    .max(graphemesMax * 8, tooLong)
    .transform((text) => text.replaceAll('\r\n', '\n').normalize('NFC').trim())
    .superRefine((text, context) => {
      const refuse = (message: string) => context.addIssue({ code: 'custom', message, input: text });
      const checked = multiline ? text.replace(/[\n\t]/g, '') : text;
      if (controlCharacter.test(checked)) {
        refuse('must not contain control characters');
      } else if (directionOverride.test(text)) {
        refuse('must not contain text direction overrides');
      } else if (stackedMarks.test(text)) {
        refuse('must not stack more than 4 combining marks on a character');
      } else if (graphemesMin > 0 && !visible.test(text)) {
        refuse('must not be empty');
      } else if (countGraphemes(text) > graphemesMax) {
        refuse(tooLong);
      } else if (countGraphemes(text) < graphemesMin) {
        refuse(`at least ${graphemesMin} characters`);
      }
    });
}

/** The name of an event, a stream or a person. */
export const Name = plainText({ graphemesMin: 1, graphemesMax: 120 });
export const Description = plainText({ graphemesMin: 0, graphemesMax: 2000, multiline: true });

/** A BCP 47 language tag in its canonical form. */
export const LanguageTag = z
  .string()
  .max(35, 'at most 35 characters')
  .transform((tag, context) => {
    try {
      return Intl.getCanonicalLocales(tag)[0] ?? 'en';
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a BCP 47 language tag, such as en or ne-NP', input: tag });
      return z.NEVER;
    }
  });
