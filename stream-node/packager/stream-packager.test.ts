import { expect, test } from 'vitest';
import { commentaryAudio, stereoAudio, type VideoRendition } from '../contract/ladder';
import { parseMediaPath } from '../contract/media-urls';
import { videoCutPlan } from '../contract/profiles';
import { BadFragment } from './bad-fragment';
import type { ClosedSegment } from './media-types';
import { StreamPackager } from './stream-packager';
import { outputTsOffsetSeconds, syntheticFragments, syntheticInit } from './synthetic-fragments';
import { Timeline } from './timeline';
import { WindowClosed } from './waiters';

const video: VideoRendition = {
  kind: 'video',
  id: '360p',
  width: 640,
  height: 360,
  frameRate: { numerator: 30, denominator: 1 },
  bitrate: 700_000,
};
const cut = videoCutPlan('balanced', video.frameRate);
const fragments = syntheticFragments(video, cut, { seconds: 5 });

function newPackager(): StreamPackager {
  return new StreamPackager({
    cut,
    renditions: [video, commentaryAudio],
    dvrWindowSeconds: 60,
    windowBytesMax: 1e9,
    uriPrefix: 'boot1',
  });
}

function start(packager: StreamPackager, sessionIndex = 0): void {
  const timeline = new Timeline({ firstSampleEventTimeMs: 1_700_000_000_000, outputTsOffsetSeconds });
  packager.startSession({ sessionIndex, timeline });
  packager.pushInit(video.id, syntheticInit(video));
}

test('a full part is published with its fragment, and the next one is hinted', () => {
  using packager = newPackager();
  start(packager);
  const hints = fragments.slice(0, 7).map((fragment) => {
    packager.pushFragment(video.id, fragment);
    return packager.window(video.id)?.snapshot().nextPart.uri;
  });
  expect(hints).toEqual([
    'boot1-s0-0.1.m4s',
    'boot1-s0-0.2.m4s',
    'boot1-s0-0.3.m4s',
    'boot1-s0-0.4.m4s',
    'boot1-s0-0.5.m4s',
    'boot1-s0-1.0.m4s', // the grid says that a segment follows
    'boot1-s0-1.1.m4s',
  ]);
});

test('a keyframe that is late keeps its segment open, and the part comes under its own name', () => {
  using packager = newPackager();
  start(packager);
  const [seventh] = fragments.slice(6);
  for (const fragment of fragments.slice(0, 6)) {
    packager.pushFragment(video.id, fragment);
  }
  packager.pushFragment(video.id, { ...(seventh ?? fragment0()), startsWithKeyframe: false });
  expect(packager.window(video.id)?.partBytes('boot1-s0-0.6.m4s')).toBeDefined();
  expect(packager.window(video.id)?.snapshot().segments).toHaveLength(1);
});

test('nothing is published before the first keyframe', () => {
  using packager = newPackager();
  start(packager);
  packager.pushFragment(video.id, { ...fragment0(), startsWithKeyframe: false });
  expect(packager.window(video.id)?.snapshot().segments).toEqual([]);
});

test('closed segments are told with all their parts, in order, once', () => {
  using packager = newPackager();
  const told: ClosedSegment[] = [];
  packager.on('segment', (closed) => told.push(closed));
  start(packager);
  for (const fragment of fragments) {
    packager.pushFragment(video.id, fragment);
  }
  packager.finishSession();
  packager.finishSession();
  expect(told.map(({ segment }) => [segment.mediaSequence, segment.parts.length])).toEqual([
    [0, 6],
    [1, 6],
    [2, 3],
  ]);
});

test('a media file name is a name the origin takes', () => {
  using packager = newPackager();
  start(packager);
  packager.pushFragment(video.id, fragment0());
  const segment = packager.window(video.id)?.snapshot().segments[0];
  for (const uri of [segment?.uri, segment?.init.uri, segment?.parts[0]?.uri]) {
    expect(parseMediaPath(`/stream/str_123456789/360p/${uri}`)).toMatchObject({ rendition: '360p', file: uri });
  }
});

test.each([
  ['longer than the part target', { durationTicks: 110 }, 'is longer than the part target of 0.342 s'],
  ['from before the last one', { decodeTimeTicks: 0 }, 'goes back'],
])('a fragment %s is refused', (_, change, message) => {
  using packager = newPackager();
  start(packager);
  packager.pushFragment(video.id, fragment0());
  const next = { ...fragments[1], ...fragment0(), decodeTimeTicks: fragments[1]?.decodeTimeTicks ?? 0, ...change };
  expect(() => packager.pushFragment(video.id, next)).toThrow(BadFragment);
  expect(() => packager.pushFragment(video.id, next)).toThrow(message);
});

test('what nobody started, nobody can push into', () => {
  using packager = newPackager();
  expect(() => packager.pushFragment(video.id, fragment0())).toThrow('360p: no session is running');
  start(packager);
  expect(() => packager.pushFragment('4k', fragment0())).toThrow('the stream has no rendition 4k');
  expect(() => packager.pushFragment('audio64', fragment0())).toThrow('a fragment before the init section');
  packager.finishSession();
  expect(() => packager.pushFragment(video.id, fragment0())).toThrow('no session is running');
  expect(() => start(packager, 0)).toThrow('session 0 does not come after session 0');
  packager.end();
  expect(() => start(packager, 1)).toThrow('the stream has ended');
});

test('a prefix that is no plain file name is refused', () => {
  const options = { cut, renditions: [video], dvrWindowSeconds: 0, windowBytesMax: 1 };
  expect(() => new StreamPackager({ ...options, uriPrefix: '../x' })).toThrow('uriPrefix');
});

test('disposing lets go of all who wait', async () => {
  const packager = newPackager();
  const waiting = packager.window(video.id)?.waitFor({ mediaSequence: 3 }, new AbortController().signal);
  packager[Symbol.dispose]();
  await expect(waiting).rejects.toThrow(WindowClosed);
});

function fragment0() {
  const [first] = fragments;
  if (first === undefined) {
    throw new Error('no fragment');
  }
  return first;
}

test('an uneven clock of the recorder, which stretches a sample, neither ends the session nor breaks the part target', () => {
  using packager = new StreamPackager({
    cut,
    renditions: [stereoAudio],
    dvrWindowSeconds: 60,
    windowBytesMax: 1_000_000,
    uriPrefix: 'test',
  });
  const timeline = new Timeline({ firstSampleEventTimeMs: 0, outputTsOffsetSeconds });
  packager.startSession({ sessionIndex: 0, timeline });
  packager.pushInit(stereoAudio.id, syntheticInit(stereoAudio));
  const jitterTicks = 42;
  for (const [index, fragment] of syntheticFragments(stereoAudio, cut, { seconds: 4 }).entries()) {
    packager.pushFragment(stereoAudio.id, {
      ...fragment,
      decodeTimeTicks: fragment.decodeTimeTicks + index * jitterTicks,
      durationTicks: fragment.durationTicks + jitterTicks,
    });
  }
  const parts =
    packager
      .window(stereoAudio.id)
      ?.snapshot()
      .segments.flatMap((segment) => segment.parts) ?? [];
  expect(parts.length).toBeGreaterThan(10);
  for (const part of parts) {
    expect(part.durationSeconds).toBeLessThanOrEqual(cut.partTargetSeconds);
  }
});
