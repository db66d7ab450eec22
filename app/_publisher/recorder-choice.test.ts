import { expect, test, vi } from 'vitest';
import { PictureChanged } from './picture-changed';
import { RecorderChoice, type RecorderKind } from './recorder-choice';
import { TestRecorders } from './testing/test-recorders';

function setUp() {
  const [quick, usual] = [new TestRecorders(), new TestRecorders()];
  const clock = { nowMs: 0 };
  const kind = (recorders: TestRecorders): RecorderKind => ({ start: recorders.start, isAble: async () => true });
  const choice = new RecorderChoice([kind(quick), kind(usual)], () => clock.nowMs);
  const faults: Error[] = [];
  const start = () => choice.start(quick.stream, { chunk: () => {}, failed: (error) => faults.push(error) });
  return { quick, usual, clock, faults, start };
}

test('a recorder that fails twice within a minute is not asked again, and the usual one takes its place', async () => {
  const { quick, usual, faults, start } = setUp();
  for (const failures of [1, 2]) {
    await start();
    quick.fail();
    expect(faults).toHaveLength(failures);
  }
  const last = await start();
  expect([quick.started, usual.started]).toEqual([2, 1]);
  await last.stop();
});

test('failures that lie far apart, and pictures that turn, are no reason to change', async () => {
  const { quick, usual, clock, start } = setUp();
  for (let failures = 0; failures < 3; failures += 1) {
    await start();
    quick.fail();
    clock.nowMs += 61_000;
    await start();
    quick.fail(new PictureChanged('The picture changed its size.'));
  }
  expect([quick.started, usual.started]).toEqual([6, 0]);
});

test('one that does not even start is passed over at once, and where none is left the words are its own', async () => {
  const broken: RecorderKind = {
    start: async () => {
      throw new Error('no encoder');
    },
    isAble: async () => true,
  };
  const usual = new TestRecorders();
  const handlers = { chunk: () => {}, failed: () => {} };
  const withUsual = new RecorderChoice([broken, { start: usual.start, isAble: async () => true }], () => 0);
  await (await withUsual.start(usual.stream, handlers)).stop();
  expect(usual.started).toBe(1);
  await expect(new RecorderChoice([broken], () => 0).start(usual.stream, handlers)).rejects.toThrow('no encoder');
});

test('a recorder that gives nothing is not asked again, and where no other is left that is what is told', async () => {
  vi.useFakeTimers();
  try {
    const { quick, usual, faults, start } = setUp();
    await start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(faults.map(({ message }) => message)).toEqual([expect.stringMatching(/^This browser records no sound/)]);
    await start();
    expect([quick.started, usual.started]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(5000);
    await expect(start()).rejects.toThrow('This browser records no sound');
    expect([quick.started, usual.started]).toEqual([1, 1]);
  } finally {
    vi.useRealTimers();
  }
});
