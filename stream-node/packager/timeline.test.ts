import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Timeline } from './timeline';

const timeline = () => new Timeline({ firstSampleEventTimeMs: 1_700_000_000_000, outputTsOffsetSeconds: 1 });

test('the source’s time zero is the first sample’s event time, whatever ffmpeg adds to it', () => {
  expect(timeline().eventTimeMs(1)).toBe(1_700_000_000_000);
  expect(timeline().eventTimeMs(3.5)).toBe(1_700_000_002_500);
  expect(timeline().eventTimeMs(0.979)).toBeCloseTo(1_699_999_999_979, 3);
});

test('a newer estimate is approached by 1 ms per second of media and then kept', () => {
  const slewing = timeline();
  slewing.eventTimeMs(11);
  slewing.correct(1_700_000_000_003);
  expect(slewing.eventTimeMs(12) - timeline().eventTimeMs(12)).toBeCloseTo(1, 6);
  expect(slewing.eventTimeMs(13.5) - timeline().eventTimeMs(13.5)).toBeCloseTo(2.5, 6);
  expect(slewing.eventTimeMs(60) - timeline().eventTimeMs(60)).toBeCloseTo(3, 6);
});

test('an estimate that changes its mind is followed back, at the same pace', () => {
  const slewing = timeline();
  slewing.correct(1_700_000_000_100);
  slewing.eventTimeMs(11);
  slewing.correct(1_700_000_000_000);
  expect(slewing.eventTimeMs(13) - timeline().eventTimeMs(13)).toBeCloseTo(8, 6);
});

test('time never steps or stands still, and what was answered once stays true for all renditions', () => {
  const step = fc.record({
    advanceSeconds: fc.double({ min: 0.001, max: 10, noNaN: true }),
    correctMs: fc.option(fc.double({ min: -5000, max: 5000, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const slewing = timeline();
      const answers: { mediaSeconds: number; eventMs: number }[] = [];
      let mediaSeconds = 1;
      for (const { advanceSeconds, correctMs } of steps) {
        if (correctMs !== null) {
          slewing.correct(1_700_000_000_000 + correctMs);
        }
        const before = slewing.eventTimeMs(mediaSeconds);
        mediaSeconds += advanceSeconds;
        const eventMs = slewing.eventTimeMs(mediaSeconds);
        expect(Math.abs(eventMs - before - advanceSeconds * 1000)).toBeLessThanOrEqual(advanceSeconds + 0.01);
        answers.push({ mediaSeconds, eventMs });
      }
      for (const answer of answers) {
        expect(slewing.eventTimeMs(answer.mediaSeconds)).toBe(answer.eventMs);
      }
    }),
  );
});
