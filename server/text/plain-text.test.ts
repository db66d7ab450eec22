import { describe, expect, test } from 'vitest';
import { badInput } from '../errors';
import { Description, LanguageTag, Name } from './plain-text';

function refusalOf(name: string): string | null {
  const parsed = Name.safeParse(name);
  return parsed.success ? null : badInput(parsed.error).userMessage;
}

describe('a name', () => {
  test('is trimmed and composed', () => {
    expect(Name.parse('  Zoe\u0308 ')).toBe('Zo\u00eb');
  });

  test('keeps HTML as the text that it is', () => {
    expect(Name.parse('<script>alert(1)</script>')).toBe('<script>alert(1)</script>');
  });

  test('may be of 120 characters as a reader counts them', () => {
    const family = '👨‍👩‍👧';
    expect(refusalOf(family.repeat(120))).toBeNull();
    expect(refusalOf(family.repeat(121))).toBe('at most 120 characters');
    expect(refusalOf('a'.repeat(121))).toBe('at most 120 characters');
    expect(refusalOf('a'.repeat(1_000_000))).toBe('at most 120 characters');
  });

  test.each(['नेपाल विरुद्ध केन्या', 'क्षेत्रीय कमेन्ट्री', 'Nguyễn Thị Minh', 'ทีมชาติไทย', 'שָׁלוֹם', 'ကြို့', '1️⃣ नमस्ते 🏏❤️‍🔥'])(
    'may be %s',
    (name) => {
      expect(refusalOf(name)).toBeNull();
    },
  );

  test.each([
    ['nothing', '   ', 'must not be empty'],
    ['invisible', '\u200b\u200d', 'must not be empty'],
    ['a NUL', 'a\u0000b', 'must not contain control characters'],
    ['a line feed', 'a\nb', 'must not contain control characters'],
    ['half a surrogate pair', 'a\ud800b', 'must not contain control characters'],
    ['a direction override', 'a\u202eb', 'must not contain text direction overrides'],
    ['zalgo', `a${'\u0316\u0317\u0318\u0319'.repeat(5)}`, 'must not stack more than 4 combining marks on a character'],
    [
      'zalgo behind joiners',
      `a${'\u0316\u200d\u0317\u200c'.repeat(5)}`,
      'must not stack more than 4 combining marks on a character',
    ],
    [
      'zalgo behind other format characters',
      `a${'\u0316\u00ad\u2060'.repeat(5)}`,
      'must not stack more than 4 combining marks on a character',
    ],
  ])('may not be %s', (_what, name, rule) => {
    expect(refusalOf(name)).toBe(rule);
  });
});

test('a description may have lines', () => {
  expect(Description.parse('one\r\ntwo\tthree')).toBe('one\ntwo\tthree');
  expect(Description.safeParse('a\u0007').success).toBe(false);
});

test('a language tag is put in its canonical form, or refused', () => {
  expect(LanguageTag.parse('NE-np')).toBe('ne-NP');
  expect(LanguageTag.safeParse('not a language').success).toBe(false);
});
