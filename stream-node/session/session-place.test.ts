import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commentaryAudio, type VideoRendition } from '../contract/ladder';
import { type FrameRate, videoCutPlan } from '../contract/profiles';
import { outputFrameRates } from '../transcode/frame-rate';
import { leastOutputOffsetSeconds, type TranscodePlan } from '../transcode/transcode-plan';
import { mediaOriginOfMoved, mediaOriginOfSession } from './media-time';
import { placeSession } from './session-place';

const startedAtMs = 1_700_000_000_000;
const originMs = mediaOriginOfMoved(startedAtMs);
const nothingReached = { originMs, reached: new Map() };

function planAt(frameRate: FrameRate): TranscodePlan {
  const picture: VideoRendition = { kind: 'video', id: '90p', width: 160, height: 90, frameRate, bitrate: 100_000 };
  return {
    ...{ container: 'matroska', cut: videoCutPlan('balanced', frameRate), gridShiftSeconds: 0.004, missing: [] },
    ...{ outputOffsetSeconds: leastOutputOffsetSeconds, video: [picture], audio: [commentaryAudio] },
  };
}

const plan = planAt({ numerator: 30, denominator: 1 });

test('two nodes to which a stream was moved, and that know nothing of each other, give it the same media time', () => {
  const zeroMs = startedAtMs + 7_200_000.4;
  const [first, second] = [zeroMs, zeroMs + 90_000].map((ms) => placeSession(plan, ms, { mediaTime: nothingReached }));
  const [before = Number.NaN, behind = Number.NaN] = [first, second].map((place) => place?.plan.outputOffsetSeconds);
  expect(behind - before).toBeCloseTo(90, 3);
  expect(second?.timeline.eventTimeMs(behind)).toBeCloseTo(zeroMs + 90_000 - 4, 3);
});

test('no media time steps back in any rendition, wherever a session begins, and all are moved by whole ticks', () => {
  const ms = fc.double({ min: 0, max: 600_000, noNaN: true });
  const session = fc.record({ behindMs: ms, lastsMs: ms, aheadMs: fc.double({ min: -200, max: 200, noNaN: true }) });
  const rates = fc.constantFrom(...outputFrameRates);
  fc.assert(
    fc.property(rates, fc.array(session, { minLength: 2, maxLength: 8 }), (rate, sessions) => {
      const ratedPlan = planAt(rate);
      const reached = new Map<string, number>();
      let eventMs = startedAtMs;
      for (const { behindMs, lastsMs, aheadMs } of sessions) {
        eventMs += behindMs;
        const place = placeSession(ratedPlan, eventMs, { mediaTime: { originMs, reached } });
        const { outputOffsetSeconds } = place.plan;
        expect(place.timeline.originSeconds).toBe(outputOffsetSeconds);
        const ms = outputOffsetSeconds * 1000;
        expect(Math.abs(ms - Math.round(ms))).toBeLessThan(1e-4);
        for (const id of ['90p', commentaryAudio.id]) {
          expect(outputOffsetSeconds).toBeGreaterThanOrEqual(reached.get(id) ?? 0);
          // A recorder's clock need not be the event clock.
          reached.set(id, outputOffsetSeconds + Math.max(0, lastsMs + aheadMs) / 1000);
        }
        eventMs += lastsMs;
      }
    }),
  );
});

test('a session that overlaps the one before it goes on without a gap in its media times', () => {
  const first = placeSession(plan, startedAtMs, { mediaTime: nothingReached });
  const shownMs = 10_000;
  const untilMs = new Map(['90p', commentaryAudio.id].map((id) => [id, startedAtMs - 4 + shownMs]));
  const reachedSeconds = first.plan.outputOffsetSeconds + shownMs / 1000;
  const second = placeSession(plan, startedAtMs + shownMs - 150, {
    mediaTime: { originMs, reached: new Map([...untilMs.keys()].map((id) => [id, reachedSeconds])) },
    shownBefore: { fromMs: startedAtMs - 4, untilMs },
  });
  expect(second.begins.get(commentaryAudio.id)).toBeCloseTo(reachedSeconds, 2);
  // The picture begins in a slot.
  expect((second.begins.get('90p') ?? 0) - reachedSeconds).toBeGreaterThan(-0.001);
  expect((second.begins.get('90p') ?? 0) - reachedSeconds).toBeLessThan(0.034);
});

test('what an earlier process published is gone on with in its own media time', () => {
  const published = {
    originSeconds: 1,
    ends: new Map([['90p', 61]]),
    anchor: { mediaSeconds: 59, eventTimeMs: startedAtMs + 58_000 },
  };
  const place = placeSession(plan, startedAtMs + 20, { mediaTime: nothingReached, publishedBefore: published });
  expect(place.plan.outputOffsetSeconds).toBe(1);
  expect(place.begins).toEqual(published.ends);
  expect(place.timeline.eventTimeMs(61)).toBe(startedAtMs + 60_000);
});

test('at its first node the media times of a stream count from its first session', () => {
  const first = placeSession(plan, startedAtMs, { mediaTime: { originMs: undefined, reached: new Map() } });
  expect(first.plan.outputOffsetSeconds).toBe(leastOutputOffsetSeconds);
  const zeroMs = first.timeline.eventTimeMs(leastOutputOffsetSeconds);
  const told = mediaOriginOfSession(zeroMs, first.plan.outputOffsetSeconds);
  const second = placeSession(plan, startedAtMs + 5000, { mediaTime: { originMs: told, reached: new Map() } });
  expect(second.plan.outputOffsetSeconds).toBeCloseTo(leastOutputOffsetSeconds + 5, 3);
});

test('a capture time from another century makes no decode time that does not fit', () => {
  const seconds = [0, 8.64e15].map((zeroMs) => placeSession(plan, zeroMs, { mediaTime: nothingReached }));
  const [least, most = Number.NaN] = seconds.map((place) => place.plan.outputOffsetSeconds);
  expect(least).toBe(leastOutputOffsetSeconds);
  expect(most * 60_000).toBeLessThan(Number.MAX_SAFE_INTEGER);
});
