import { expect, test } from 'vitest';
import type { StampedChunk } from './chunk-stamper';
import { EarlyRecorder } from './early-recorder';
import type { Recorder, RecorderHandlers, StartRecorder } from './live-session';

/** A stream of these tracks: all that is asked of it. */
function streamOf(...ids: string[]): MediaStream {
  return Object.create({ getTracks: () => ids.map((id) => ({ id })) });
}
const chunk = (captureTimeMs: number): StampedChunk => ({ bytes: new Uint8Array(1), captureTimeMs });

function recorders() {
  const begun: { handlers: RecorderHandlers; isStopped: boolean; recorder: Recorder }[] = [];
  const start: StartRecorder = async (_stream, handlers) => {
    const one = {
      ...{ handlers, isStopped: false },
      recorder: {
        ...{ mime: 'video/webm', container: 'matroska' as const, lagMs: () => null },
        stop: async () => {
          one.isStopped = true;
        },
      },
    };
    begun.push(one);
    return one.recorder;
  };
  return { begun, start };
}

function heard() {
  const times: number[] = [];
  const faults: Error[] = [];
  const handlers: RecorderHandlers = {
    chunk: ({ captureTimeMs }) => times.push(captureTimeMs),
    failed: (error) => faults.push(error),
  };
  return { times, faults, handlers };
}

test('the first session has what was recorded before it, and the next one a recorder of its own', async () => {
  const { begun, start } = recorders();
  const early = new EarlyRecorder(streamOf('a', 'b'), start, () => 0);
  begun[0]?.handlers.chunk(chunk(1));
  begun[0]?.handlers.chunk(chunk(2));
  const first = heard();
  expect(await early.start(streamOf('b', 'a'), first.handlers)).toBe(begun[0]?.recorder);
  begun[0]?.handlers.chunk(chunk(3));
  early.leave();
  expect([first.times, begun[0]?.isStopped]).toEqual([[1, 2, 3], false]);

  expect(await early.start(streamOf('a', 'b'), heard().handlers)).toBe(begun[1]?.recorder);
});

test('what waited too long, or shows something else, is stopped and not sent', async () => {
  for (const [tracks, nowMs] of [
    [['a'], 2000],
    [['a', 'b'], 0],
  ] as const) {
    const { begun, start } = recorders();
    let clockMs = 0;
    const early = new EarlyRecorder(streamOf('a'), start, () => clockMs);
    begun[0]?.handlers.chunk(chunk(1));
    clockMs = nowMs;
    const session = heard();
    expect(await early.start(streamOf(...tracks), session.handlers)).toBe(begun[1]?.recorder);
    begun[0]?.handlers.chunk(chunk(2));
    expect(session.times).toEqual([]);
    await expect.poll(() => begun[0]?.isStopped).toBe(true);
  }
});

test('a recorder that failed meanwhile is told to its session; one that nobody takes is stopped', async () => {
  const { begun, start } = recorders();
  const early = new EarlyRecorder(streamOf('a'), start, () => 0);
  const fault = new Error('no camera');
  begun[0]?.handlers.failed(fault);
  const session = heard();
  await early.start(streamOf('a'), session.handlers);
  expect(session.faults).toEqual([fault]);

  const left = new EarlyRecorder(streamOf('a'), start, () => 0);
  left.leave();
  await expect.poll(() => begun[1]?.isStopped).toBe(true);
});
