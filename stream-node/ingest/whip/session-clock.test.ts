import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionClock, type TrackKind } from './session-clock';
import { TrackTime } from './track-time';

const rates: Record<TrackKind, number> = { audio: 48_000, video: 90_000 };
const stepMs: Record<TrackKind, number> = { audio: 20, video: 1000 / 30 };

type Sender = {
  /** the 32-bit timestamp at the sender's time zero */
  firstTimestamp: Record<TrackKind, number>;
  /** from capture to arrival, at least */
  delayMs: Record<TrackKind, number>;
  /** how wrong its time of day is */
  clockShiftMs: number;
  /** when each track's first report comes; null: never */
  reportAfterMs: number | null;
};

const beganMs = 1_700_000_000_000;
const timestampOf = (sender: Sender, kind: TrackKind, ms: number) =>
  (sender.firstTimestamp[kind] + Math.round((ms / 1000) * rates[kind])) >>> 0;

/** Plays a sender for `seconds`; how much later sound lies than the picture of the same moment, at the end and at its worst. */
function play(sender: Sender, seconds: number) {
  const clock = new SessionClock();
  const due = (['audio', 'video'] as const)
    .flatMap((kind) =>
      Array.from({ length: Math.ceil((seconds * 1000) / stepMs[kind]) }, (_, index) => {
        const atMs = index * stepMs[kind];
        const durationMs = kind === 'audio' ? 20 : 0;
        return { kind, atMs, durationMs, arrivedMs: beganMs + atMs + durationMs + sender.delayMs[kind] };
      }),
    )
    .toSorted((one, other) => one.arrivedMs - other.arrivedMs);
  const errors: Record<TrackKind, number> = { audio: 0, video: 0 };
  const placesMs: Partial<Record<TrackKind, number>> = {};
  let worstMs = 0;
  let hasBegun = false;
  let hasReported = false;
  for (const { kind, atMs, durationMs, arrivedMs } of due) {
    const mediaMs = clock.arrived(kind, timestampOf(sender, kind, atMs), durationMs, arrivedMs);
    if (!hasBegun && arrivedMs > beganMs + 600) {
      hasBegun = true;
      clock.begin(clock.eventZeroMs('video') ?? 0);
    }
    if (!hasReported && sender.reportAfterMs !== null && atMs > sender.reportAfterMs) {
      hasReported = true;
      for (const of of ['audio', 'video'] as const) {
        const rtpTimestamp = timestampOf(sender, of, atMs);
        clock.report(of, { ssrc: 1, ntpMs: beganMs + atMs + sender.clockShiftMs, rtpTimestamp, ntpMiddle: 0 });
      }
    }
    const timeMs = hasBegun ? clock.containerMs(kind, { mediaMs, durationMs, arrivedMs }) : null;
    if (typeof timeMs === 'number') {
      errors[kind] = (clock.zeroMs() ?? 0) + timeMs - (beganMs + atMs);
      placesMs[kind] = timeMs - atMs;
      worstMs = Math.max(worstMs, Math.abs((placesMs.audio ?? Number.NaN) - (placesMs.video ?? Number.NaN)) || 0);
    }
    expect(timeMs).not.toBeTypeOf('string');
  }
  return { soundLateMs: errors.audio - errors.video, worstMs, errors };
}

const anySender = fc.record<Sender>({
  firstTimestamp: fc.record({ audio: fc.nat(0xffffffff), video: fc.nat(0xffffffff) }),
  delayMs: fc.record({ audio: fc.integer({ min: 0, max: 60 }), video: fc.integer({ min: 0, max: 60 }) }),
  clockShiftMs: fc.integer({ min: -1e7, max: 1e7 }),
  reportAfterMs: fc.constantFrom(null, 100, 2500),
});

test('by arrival alone sound and picture lie as far apart as their delays, wherever their timestamps begin', () => {
  fc.assert(
    fc.property(anySender, (sender) => {
      const { soundLateMs } = play({ ...sender, reportAfterMs: null }, 3);
      expect(soundLateMs).toBeCloseTo(sender.delayMs.audio - sender.delayMs.video, 0);
    }),
    { numRuns: 20 },
  );
});

test('the sender’s reports put them together, however wrong its time of day is', () => {
  fc.assert(
    fc.property(anySender, fc.constantFrom(100, 2500), (sender, reportAfterMs) => {
      expect(Math.abs(play({ ...sender, reportAfterMs }, 10).soundLateMs)).toBeLessThan(1);
    }),
    { numRuns: 20 },
  );
});

test('reports that came before the session began put its very first sample in place', () => {
  fc.assert(
    fc.property(anySender, (sender) => {
      expect(play({ ...sender, reportAfterMs: 100 }, 3).worstMs).toBeLessThan(1);
    }),
    { numRuns: 20 },
  );
});

test('the event time is late by no more than the delay of the faster track', () => {
  fc.assert(
    fc.property(anySender, (sender) => {
      const { errors } = play({ ...sender, reportAfterMs: 100 }, 5);
      const leastMs = Math.min(sender.delayMs.audio, sender.delayMs.video);
      expect(errors.audio).toBeGreaterThan(leastMs - 2);
      expect(errors.audio).toBeLessThan(leastMs + 2);
    }),
    { numRuns: 20 },
  );
});

test('reports of two different clocks are not believed', () => {
  const clock = new SessionClock();
  for (const kind of ['audio', 'video'] as const) {
    clock.arrived(kind, 0, 0, beganMs);
    clock.report(kind, { ssrc: 1, ntpMs: kind === 'audio' ? beganMs : 0, rtpTimestamp: 0, ntpMiddle: 0 });
  }
  clock.begin(beganMs);
  for (const kind of ['audio', 'video'] as const) {
    expect(clock.containerMs(kind, { mediaMs: 20, durationMs: 0, arrivedMs: beganMs + 20 })).toBeCloseTo(20, 1);
  }
});

test('timestamps that jump are told', () => {
  const clock = new SessionClock();
  const first = clock.arrived('audio', 0, 20, beganMs);
  clock.begin(beganMs - 20);
  expect(clock.containerMs('audio', { mediaMs: first, durationMs: 20, arrivedMs: beganMs })).toBe(0);
  const mediaMs = clock.arrived('audio', 48_000 * 60, 20, beganMs + 20);
  expect(clock.containerMs('audio', { mediaMs, durationMs: 20, arrivedMs: beganMs + 20 })).toBe(
    'the timestamps jumped',
  );
});

test('a track that was not there at the beginning has no place', () => {
  const clock = new SessionClock();
  clock.arrived('audio', 0, 20, beganMs);
  clock.begin(beganMs);
  const mediaMs = clock.arrived('video', 0, 0, beganMs + 5000);
  expect(clock.containerMs('video', { mediaMs, durationMs: 0, arrivedMs: beganMs + 5000 })).toBeNull();
});

test('a report of a busy sender, which took its last frame up late, moves nothing', () => {
  const time = new TrackTime(48_000);
  time.mediaMs(0);
  const report = (ms: number, lateMs: number) =>
    time.report({ ssrc: 1, ntpMs: beganMs + ms + lateMs, rtpTimestamp: ms * 48, ntpMiddle: 0 });
  report(1000, 4);
  report(6000, 60);
  expect(time.senderZeroMs).toBeCloseTo(beganMs + 4.5, 0);
  report(11_000, 1);
  expect(time.senderZeroMs).toBe(beganMs + 1);
});
