import { expect, test } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { audioCutPlan } from '../contract/profiles';
import { LiveWindow } from './live-window';

const never = new AbortController().signal;
const init = { uri: 'p-s0-init.mp4', bytes: Buffer.from('init'), codec: 'mp4a.40.2', timescale: 48_000 };
const start = { id: 'p-s0', sessionIndex: 0, originSeconds: 1, originTimeMs: 0 };
const session = { ...start, firstMediaSequence: 0, run: { start }, joinedBefore: 0 };

/** A window of segments of four parts of half a second, 10 bytes each; the clock is moved by hand. */
function testWindow(options: { windowSeconds?: number; memorySeconds?: number; bytesMax?: number } = {}) {
  const clock = { nowMs: () => clock.now, now: 0 };
  const window = new LiveWindow(
    {
      rendition: commentaryAudio,
      cut: audioCutPlan(),
      windowSeconds: 0,
      memorySeconds: 1e9,
      bytesMax: 1e9,
      clock,
      ...options,
    },
    { mediaSequence: 0, partIndex: 0, uri: 'p-s0-0.0.m4s', segmentUri: 'p-s0-0.m4s', discontinuitiesBefore: 0 },
  );
  let parts = 0;
  /** Publishes parts; every fourth closes its segment. */
  const publish = (count: number, isDiscontinuity: (mediaSequence: number) => boolean = () => false) => {
    for (const end = parts + count; parts < end; ) {
      const mediaSequence = Math.floor(parts / 4);
      const partIndex = parts % 4;
      if (partIndex === 0) {
        const discontinuity = isDiscontinuity(mediaSequence);
        const programDateTimeMs = mediaSequence * 2000;
        const uri = `p-s0-${mediaSequence}.m4s`;
        const discontinuityNumber = discontinuity ? 1 : 0;
        const names = { uri, uriNumber: mediaSequence };
        window.open({ mediaSequence, discontinuity, session, programDateTimeMs, ...names, init, discontinuityNumber });
      }
      const uri = `p-s0-${mediaSequence}.${partIndex}.m4s`;
      const bytes = Buffer.alloc(10, parts);
      const ticks = { start: parts * 24_000, end: (parts + 1) * 24_000 };
      window.append({ mediaSequence, partIndex, durationSeconds: 0.5, ticks, independent: true, bytes, uri });
      if (partIndex === 3) {
        window.close();
      }
      parts += 1;
      clock.now += 500;
      const next = { mediaSequence: Math.floor(parts / 4), partIndex: parts % 4, discontinuitiesBefore: 0 };
      const name = `p-s0-${next.mediaSequence}`;
      window.commit({ ...next, uri: `${name}.${next.partIndex}.m4s`, segmentUri: `${name}.m4s` });
    }
  };
  return { window, publish, clock };
}

/** Whether a promise has settled once everything that is due has run. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  const allDue = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return await Promise.race([promise.then(() => true), allDue]);
}

test('a snapshot never changes, and is the same object until something does', () => {
  const { window, publish } = testWindow();
  publish(2);
  const before = window.snapshot();
  const copy = JSON.stringify(before);
  expect(window.snapshot()).toBe(before);
  publish(6);
  expect(JSON.stringify(before)).toBe(copy);
  expect(window.snapshot()).not.toBe(before);
  expect(window.snapshot().version).toBeGreaterThan(before.version);
});

test('never less than three target durations stay, however short the window', () => {
  const { window, publish } = testWindow({ windowSeconds: 0, bytesMax: 1 });
  publish(400);
  expect(window.snapshot().segments.map(({ mediaSequence }) => mediaSequence)).toEqual([97, 98, 99]);
});

test('the window is bounded by seconds', () => {
  const { window, publish } = testWindow({ windowSeconds: 60 });
  publish(400);
  expect(window.snapshot().segments).toHaveLength(30);
});

test('the window is bounded by bytes too', () => {
  const { window, publish } = testWindow({ windowSeconds: 60, bytesMax: 400 });
  publish(400);
  expect(window.snapshot().segments).toHaveLength(10);
});

test('parts are listed for three target durations; older segments are whole, their parts still there', () => {
  const { window, publish } = testWindow({ windowSeconds: 60 });
  publish(42);
  const { segments } = window.snapshot();
  expect(segments.map(({ parts }) => parts.length)).toEqual([0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 2]);
  expect(window.segmentBytes('p-s0-0.m4s')).toHaveLength(40);
  expect(window.partBytes('p-s0-0.3.m4s')).toEqual(Buffer.alloc(10, 3));
});

test('what left the playlist stays fetchable for its duration and three target durations more, and no longer', () => {
  const { window, publish, clock } = testWindow();
  publish(16);
  expect(window.snapshot().segments[0]?.mediaSequence).toBe(1);
  clock.now += 7_000;
  publish(1);
  expect(window.segmentBytes('p-s0-0.m4s')).toHaveLength(40);
  expect(window.partBytes('p-s0-0.0.m4s')).toHaveLength(10);
  clock.now += 1_000;
  publish(3);
  expect(window.segmentBytes('p-s0-0.m4s')).toBeUndefined();
  expect(window.partBytes('p-s0-0.0.m4s')).toBeUndefined();
  expect(window.initBytes(init.uri)).toEqual(init.bytes);
});

test('a segment is not served before it is closed', () => {
  const { window, publish } = testWindow();
  publish(3);
  expect(window.segmentBytes('p-s0-0.m4s')).toBeUndefined();
  publish(1);
  expect(window.segmentBytes('p-s0-0.m4s')).toHaveLength(40);
});

test('the discontinuity sequence rises when the tag leaves, not before', () => {
  const { window, publish } = testWindow();
  const atThree = (mediaSequence: number) => mediaSequence === 3;
  publish(24, atThree);
  expect(window.snapshot().segments[0]).toMatchObject({ mediaSequence: 3, discontinuity: true });
  expect(window.snapshot().discontinuitySequence).toBe(0);
});

test('a part is waited for until it, or anything later, is there', async () => {
  const { window, publish } = testWindow();
  publish(2);
  await window.waitFor({ mediaSequence: 0, partIndex: 1 }, never);
  const next = window.waitFor({ mediaSequence: 0, partIndex: 2 }, never);
  expect(await isSettled(next)).toBe(false);
  publish(1);
  await next;
});

test('a part past the last one of a finished segment means part 0 of the next', async () => {
  const { window, publish } = testWindow();
  publish(4);
  const beyond = window.waitFor({ mediaSequence: 0, partIndex: 4 }, never);
  expect(await isSettled(beyond)).toBe(false);
  publish(1);
  await beyond;
});

test('a segment without a part is waited for until it is whole', async () => {
  const { window, publish } = testWindow();
  publish(3);
  const whole = window.waitFor({ mediaSequence: 0 }, never);
  expect(await isSettled(whole)).toBe(false);
  publish(1);
  await whole;
});

test('the hinted part is waited for by name', async () => {
  const { window, publish } = testWindow();
  publish(1);
  const hinted = window.waitForUri('p-s0-0.1.m4s', never);
  expect(await isSettled(hinted)).toBe(false);
  publish(1);
  await hinted;
  expect(window.partBytes('p-s0-0.1.m4s')).toHaveLength(10);
});

test('a name that is not hinted, or no longer, is not waited for', async () => {
  const { window, publish } = testWindow();
  publish(1);
  await window.waitForUri('p-s0-7.0.m4s', never);
  const hinted = window.waitForUri('p-s0-0.1.m4s', never);
  window.commit({
    mediaSequence: 1,
    partIndex: 0,
    uri: 'p-s1-1.0.m4s',
    segmentUri: 'p-s1-1.m4s',
    discontinuitiesBefore: 0,
  });
  await hinted;
  expect(window.partBytes('p-s0-0.1.m4s')).toBeUndefined();
});

test('the end lets go of all who wait', async () => {
  const { window, publish } = testWindow();
  publish(1);
  const waiting = [window.waitFor({ mediaSequence: 9 }, never), window.waitForUri('p-s0-0.1.m4s', never)];
  window.end();
  await Promise.all(waiting);
  expect(window.snapshot().ended).toBe(true);
});

test('what is stored leaves the memory when it is old, stays listed, and is found on disk', () => {
  const { window, publish } = testWindow({ windowSeconds: 1000, memorySeconds: 20 });
  const at = (mediaSequence: number) => ({ path: '/take', offset: mediaSequence * 40, byteLength: 40 });
  for (let mediaSequence = 0; mediaSequence < 30; mediaSequence += 1) {
    publish(4);
    window.stored(mediaSequence, at(mediaSequence));
  }
  const { segments } = window.snapshot();
  expect(segments).toHaveLength(30);
  const inMemory = segments.filter(({ uri }) => window.segmentBytes(uri) !== undefined);
  expect(inMemory.map(({ mediaSequence }) => mediaSequence)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29]);
  expect(window.partBytes('p-s0-19.0.m4s')).toBeUndefined();
  expect([window.storedSegment('p-s0-19.m4s'), window.storedSegment('p-s0-20.m4s')]).toEqual([at(19), undefined]);
});

test('what is not stored stays in memory, in its order, until it is too much', () => {
  const { window, publish } = testWindow({ windowSeconds: 1000, memorySeconds: 20, bytesMax: 800 });
  publish(4 * 15);
  window.stored(1, { path: '/take', offset: 0, byteLength: 40 });
  publish(4 * 5);
  expect(window.segmentBytes('p-s0-1.m4s')).toBeDefined();
  publish(4 * 5);
  expect(window.snapshot().segments[0]?.mediaSequence).toBe(5);
});

test('segments on disk count neither as bytes nor against the bound, and leave the list with the window', () => {
  const { window, publish, clock } = testWindow({ windowSeconds: 60, memorySeconds: 20, bytesMax: 600 });
  for (let mediaSequence = 0; mediaSequence < 40; mediaSequence += 1) {
    publish(4);
    window.stored(mediaSequence, { path: '/take', offset: 0, byteLength: 40 });
  }
  expect(window.snapshot().segments[0]?.mediaSequence).toBe(10);
  expect(window.storedSegment('p-s0-9.m4s')).toBeDefined();
  clock.now += 60_000;
  publish(4);
  expect(window.storedSegment('p-s0-9.m4s')).toBeUndefined();
});
