import { expect, test } from 'vitest';
import { WedgeWatch } from './wedge-watch';

/** Looks once a second; the stream publishes in step with the clock unless told otherwise. */
function wedgedAtSeconds(
  watch: WedgeWatch,
  seconds: number,
  look: (second: number) => { playheadSeconds?: number; edgeMs?: number | null; isHeld?: boolean },
): number[] {
  return Array.from({ length: seconds }, (_, second) => second).filter((second) =>
    watch.look({ nowMs: second * 1000, playheadSeconds: 4, edgeMs: second * 1000, isHeld: false, ...look(second) }),
  );
}

test('a playhead that stands while media is published and none is asked for is wedged, and is told again if that did not help', () => {
  expect(wedgedAtSeconds(new WedgeWatch(), 16, () => ({}))).toEqual([6, 13]);
});

test('a playhead that moves, a pause, an interrupted stream and one without a playlist are no wedge', () => {
  const ways = [
    (second: number) => ({ playheadSeconds: second }),
    () => ({ isHeld: true }),
    () => ({ edgeMs: 1000 }),
    () => ({ edgeMs: null }),
  ];
  for (const way of ways) {
    expect(wedgedAtSeconds(new WedgeWatch(), 30, way)).toEqual([]);
  }
});

test('a slow answer is waited for, a lost one is not', () => {
  const slow = new WedgeWatch();
  const lost = new WedgeWatch();
  const askedAndAnswered = (second: number) => {
    if (second % 10 === 0) {
      slow.asked('main', second * 1000);
    }
    if (second % 10 === 9) {
      slow.answered('main');
    }
    return {};
  };
  expect(wedgedAtSeconds(slow, 30, askedAndAnswered)).toEqual([]);
  lost.asked('audio', 0);
  expect(wedgedAtSeconds(lost, 30, () => ({}))).toEqual([25]);
});
