import { expect, test } from 'vitest';
import { encoderDemand, expectedDemand, hasRoom } from './encoder-demand';
import { commentaryAudio, planLadder, type VideoRendition } from './ladder';

const frameRate = { numerator: 30, denominator: 1 };
const picture = (height: number, changes: Partial<VideoRendition> = {}): VideoRendition => ({
  ...{ kind: 'video', id: `${height}p`, width: (height * 16) / 9, height, frameRate, bitrate: 1_000_000, ...changes },
});

test('a slot is what the ladder of a usual camera takes', () => {
  const usual = planLadder({ width: 1280, height: 720, frameRate });
  expect(encoderDemand([...usual, commentaryAudio])).toBe(100);
  expect(expectedDemand({ kind: 'video' })).toBe(100);
});

test('twice the pixels or frames are twice the demand; a costlier codec or preset is more, sound alone next to nothing', () => {
  const one = encoderDemand([picture(720)]);
  expect(encoderDemand([picture(720, { frameRate: { numerator: 60, denominator: 1 } })])).toBeCloseTo(2 * one, -1);
  expect(encoderDemand([picture(1080, { codec: 'av1' })])).toBeGreaterThan(30 * encoderDemand([picture(360)]));
  expect(encoderDemand([picture(720, { codec: 'h265' })])).toBeGreaterThan(3 * one);
  expect(encoderDemand([picture(720, { encoder: { preset: 'veryslow' } })])).toBeGreaterThan(9 * one);
  expect(encoderDemand([commentaryAudio])).toBe(expectedDemand({ kind: 'audio' }));
  expect(expectedDemand({ kind: 'audio' })).toBeLessThan(encoderDemand([picture(360)]));
});

test('there is room up to the last hundredth, and for one that is larger than the node on an idle one', () => {
  expect(hasRoom({ slots: 2, takenPercent: 100 }, 100)).toBe(true);
  expect(hasRoom({ slots: 2, takenPercent: 101 }, 100)).toBe(false);
  expect(hasRoom({ slots: 2, takenPercent: 0 }, 571)).toBe(true);
  expect(hasRoom({ slots: 2, takenPercent: 10 }, 571)).toBe(false);
  expect(hasRoom({ slots: 0, takenPercent: 0 }, 10)).toBe(false);
});
