import { expect, test } from 'vitest';
import { languageName, offeredLanguages } from './language-name';

test('a language is named in its own script, whatever its region', () => {
  expect(languageName('ne')).toBe('नेपाली');
  expect(languageName('ne-NP')).toBe('नेपाली');
  expect(languageName('EN-gb')).toBe('English');
});

test('an unknown tag stays as it is', () => {
  expect(languageName('tlh')).toBe('tlh');
});

test('every language that is offered has a name', () => {
  for (const tag of offeredLanguages) {
    expect(languageName(tag)).not.toBe(tag);
  }
});
