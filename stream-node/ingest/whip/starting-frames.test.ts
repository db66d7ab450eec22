import { expect, test } from 'vitest';
import type { TrackKind } from './session-clock';
import { StartingFrames } from './starting-frames';

const everyMs = 20;

/** When a session begins, in milliseconds after its first frame; `firstMs`, `reportedMs`: of each track that was agreed on. */
function beginsAtMs(firstMs: Partial<Record<TrackKind, number>>, reportedMs: Partial<Record<TrackKind, number>>) {
  const starting = new StartingFrames((['audio', 'video'] as const).filter((kind) => firstMs[kind] !== undefined));
  for (let nowMs = 0; nowMs < 10_000; nowMs += everyMs) {
    for (const kind of ['audio', 'video'] as const) {
      if (nowMs >= (firstMs[kind] ?? Number.POSITIVE_INFINITY)) {
        const frame = { timestamp: 0, bytes: Buffer.alloc(1), isKeyframe: true, durationMs: 0, config: null };
        starting.add({ ...frame, kind, mediaMs: nowMs, arrivedMs: nowMs });
      }
    }
    if (starting.isReady(nowMs, (kind) => nowMs >= (reportedMs[kind] ?? Number.POSITIVE_INFINITY))) {
      return nowMs;
    }
  }
  return null;
}

test('a session begins when its sender has said how both tracks lie, so that its first sample is in place', () => {
  expect(beginsAtMs({ audio: 0, video: 100 }, { audio: 120, video: 200 })).toBe(300);
  expect(beginsAtMs({ audio: 0, video: 100 }, { audio: 500, video: 200 })).toBe(500);
});

test('a sender that does not say it is waited for 1.5 s after both tracks came', () => {
  expect(beginsAtMs({ audio: 0, video: 100 }, { video: 200 })).toBe(1600);
});

test('one track alone waits for no report', () => {
  expect(beginsAtMs({ audio: 0 }, {})).toBe(300);
});

test('a track that was agreed on and stays away is waited for 3 s', () => {
  expect(beginsAtMs({ audio: 0, video: Number.POSITIVE_INFINITY }, { audio: 100 })).toBe(3000);
});
