import { expect, test } from 'vitest';
import { QuickResume } from './quick-resume';

test('a player that ran dry goes on as soon as there is something to play, and not before', () => {
  const resume = new QuickResume();
  expect(resume.look(1, 2)).toBe(false);
  resume.ranDry();
  expect(resume.look(2, 0.05)).toBe(false);
  expect(resume.look(2.05, 0.3)).toBe(true);
});

test('it seeks once, and again only where a second later nothing plays', () => {
  const resume = new QuickResume();
  resume.ranDry();
  expect(resume.look(2, 0.3)).toBe(true);
  // The seek itself makes the element wait.
  resume.ranDry();
  expect(resume.look(2.05, 0.3)).toBe(false);
  expect(resume.look(3.1, 0.3)).toBe(true);
  resume.plays();
  expect(resume.look(5, 0.3)).toBe(false);
});
