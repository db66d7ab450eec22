import { expect, test } from 'vitest';
import { commentaryAudio, type Rendition, type VideoRendition } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import { discontinuityNumbers } from './playlist-rules';
import { StreamPackager } from './stream-packager';
import { outputTsOffsetSeconds, syntheticFragments, syntheticInit } from './synthetic-fragments';
import { Timeline } from './timeline';

const video: VideoRendition = {
  kind: 'video',
  id: '360p',
  width: 640,
  height: 360,
  frameRate: { numerator: 30, denominator: 1 },
  bitrate: 700_000,
};
const rates = [30, 50, 60].map((numerator) => [numerator, { numerator, denominator: 1 }] as const);
const renditions = [video, commentaryAudio];
const cut = videoCutPlan('balanced', video.frameRate);

function newPackager(): StreamPackager {
  return new StreamPackager({ cut, renditions, dvrWindowSeconds: 60, windowBytesMax: 1e9, uriPrefix: 'boot1' });
}

/** Runs a session in which each rendition gives that much, video first. */
function run(packager: StreamPackager, sessionIndex: number, seconds: { video: number; audio: number }): void {
  const firstSampleEventTimeMs = 1_700_000_000_000 + sessionIndex * 60_000;
  packager.startSession({ sessionIndex, timeline: new Timeline({ firstSampleEventTimeMs, outputTsOffsetSeconds }) });
  for (const rendition of renditions) {
    packager.pushInit(rendition.id, syntheticInit(rendition));
    for (const fragment of syntheticFragments(rendition, cut, { seconds: seconds[rendition.kind] })) {
      packager.pushFragment(rendition.id, fragment);
    }
  }
}

function shown(packager: StreamPackager, rendition: Rendition) {
  const snapshot = packager.window(rendition.id)?.snapshot();
  if (snapshot === undefined) {
    throw new Error(`no window for ${rendition.id}`);
  }
  return snapshot;
}

/** Each segment as its media sequence, with ! for a discontinuity and - for a gap. */
function outline(packager: StreamPackager, rendition: Rendition): string[] {
  return shown(packager, rendition).segments.map(
    ({ mediaSequence, discontinuity, gap }) => `${discontinuity ? '!' : ''}${gap ? '-' : ''}${mediaSequence}`,
  );
}

test('a later session begins with a discontinuity at the same media sequence in every rendition', () => {
  using packager = newPackager();
  run(packager, 0, { video: 3, audio: 3 });
  run(packager, 1, { video: 3, audio: 3 });
  expect(outline(packager, video)).toEqual(['0', '1', '!2', '3']);
  expect(outline(packager, commentaryAudio)).toEqual(['0', '1', '!2', '3']);
  const [first] = shown(packager, video).segments.slice(2);
  expect(first).toMatchObject({ uri: 'boot1-s1-2.m4s', programDateTimeMs: 1_700_000_060_000 });
  expect(first?.init.uri).toBe('boot1-s1-init.mp4');
});

test.each(rates)(
  'a session that ends anywhere around a boundary gives its rest the name that was hinted, at %s fps',
  (_, frameRate) => {
    const atRate: VideoRendition = { ...video, frameRate };
    const cutAtRate = videoCutPlan('balanced', frameRate);
    const all = [atRate, commentaryAudio];
    const frameSeconds = frameRate.denominator / frameRate.numerator;
    for (let frames = -4; frames <= 8; frames += 1) {
      const seconds = 2 * cutAtRate.segmentSeconds + frames * frameSeconds;
      using packager = new StreamPackager({
        ...{ cut: cutAtRate, renditions: all, dvrWindowSeconds: 60, windowBytesMax: 1e9, uriPrefix: 'boot1' },
      });
      const came = new Map<string, string>();
      packager.on('part', ({ rendition, part }) => came.set(rendition.id, came.get(rendition.id) ?? part.uri));
      const hints = () => new Map(all.map(({ id }) => [id, packager.window(id)?.snapshot().nextPart.uri]));
      const push = (sessionIndex: number) => {
        const timeline = new Timeline({ firstSampleEventTimeMs: sessionIndex * 60_000, outputTsOffsetSeconds });
        packager.startSession({ sessionIndex, timeline });
        for (const rendition of all) {
          packager.pushInit(rendition.id, syntheticInit(rendition));
          for (const fragment of syntheticFragments(rendition, cutAtRate, { seconds })) {
            packager.pushFragment(rendition.id, fragment);
          }
        }
      };
      push(0);
      for (const doNext of [() => packager.finishSession(), () => push(1)]) {
        const hinted = hints();
        came.clear();
        doNext();
        for (const [id, uri] of came) {
          expect([id, uri], `${frames} frames past the boundary`).toEqual([id, hinted.get(id)]);
        }
      }
      expect(came.size).toBe(all.length);
    }
  },
);

test('where one rendition ends just before a boundary and another just behind it, both end with the same segment', () => {
  using packager = newPackager();
  run(packager, 0, { video: 4.2, audio: 4.0 });
  const hinted = shown(packager, video).nextPart.uri;
  run(packager, 1, { video: 1, audio: 1 });
  expect(outline(packager, video)).toEqual(['0', '1', '!2']);
  expect(outline(packager, commentaryAudio)).toEqual(['0', '1', '!2']);
  const { durationSeconds, parts } = shown(packager, video).segments[1] ?? {};
  expect(durationSeconds).toBeCloseTo(2.2, 5);
  expect(parts?.at(-1)?.uri).toBe(hinted);
});

test('a rendition that is behind a closed segment of another lists a gap for what it lacks: what is closed stays closed', () => {
  using packager = newPackager();
  run(packager, 0, { video: 3.9, audio: 4.2 });
  run(packager, 1, { video: 1, audio: 1 });
  expect(outline(packager, video)).toEqual(['0', '1', '-2', '!3']);
  expect(outline(packager, commentaryAudio)).toEqual(['0', '1', '2', '!3']);
});

test('a rendition that is behind at the break and holds nothing lists gaps with the times of the others', () => {
  using packager = newPackager();
  run(packager, 0, { video: 6.5, audio: 2.2 });
  run(packager, 1, { video: 1, audio: 1 });
  expect(outline(packager, video)).toEqual(['0', '1', '2', '3', '!4']);
  expect(outline(packager, commentaryAudio)).toEqual(['0', '1', '-2', '-3', '!4']);
  const gap = shown(packager, commentaryAudio).segments[2];
  expect(gap).toMatchObject({ parts: [], closed: true, programDateTimeMs: 1_700_000_004_000, durationSeconds: 2 });
});

test('a rendition without any media in a session passes it with gaps, and still agrees on discontinuities', () => {
  using packager = newPackager();
  run(packager, 0, { video: 1, audio: 1 });
  run(packager, 1, { video: 1, audio: 0 });
  run(packager, 2, { video: 1, audio: 1 });
  expect(outline(packager, video)).toEqual(['0', '!1', '!2']);
  expect(outline(packager, commentaryAudio)).toEqual(['0', '!-1', '!2']);
  expect(discontinuityNumbers(shown(packager, commentaryAudio))).toEqual(discontinuityNumbers(shown(packager, video)));
});

test('gaps have the times of whichever rendition has the media, also where the first one is behind', () => {
  using packager = newPackager();
  run(packager, 0, { video: 1, audio: 1 });
  run(packager, 1, { video: 0, audio: 0.64 });
  run(packager, 2, { video: 1, audio: 1 });
  expect(outline(packager, video)).toEqual(['0', '!-1', '!2']);
  const [, has] = shown(packager, commentaryAudio).segments;
  const { programDateTimeMs, durationSeconds } = has ?? {};
  expect(durationSeconds).toBeCloseTo(0.64, 5);
  expect(shown(packager, video).segments[1]).toMatchObject({ programDateTimeMs, durationSeconds });
});

test('a rendition that lacked more than the window holds still agrees on discontinuities, and its time never goes back', () => {
  const options = { cut, renditions, dvrWindowSeconds: 0, windowBytesMax: 1e9, uriPrefix: 'boot1' };
  using packager = new StreamPackager(options);
  run(packager, 0, { video: 1, audio: 1 });
  run(packager, 1, { video: 20, audio: 0 });
  run(packager, 2, { video: 20, audio: 0 });
  run(packager, 3, { video: 1, audio: 1 });
  const [ours, others] = [commentaryAudio, video].map((rendition) => discontinuityNumbers(shown(packager, rendition)));
  for (const [mediaSequence, number] of others ?? []) {
    expect([mediaSequence, ours?.get(mediaSequence)]).toEqual([mediaSequence, number]);
  }
  const { segments } = shown(packager, commentaryAudio);
  for (const [index, segment] of segments.entries()) {
    const before = segments[index - 1];
    const endMs = before ? before.programDateTimeMs + before.durationSeconds * 1000 : Number.NEGATIVE_INFINITY;
    expect(segment.programDateTimeMs, `segment ${segment.mediaSequence}`).toBeGreaterThan(endMs - 25);
  }
});

test('a rendition that first comes in a later session begins there', () => {
  using packager = newPackager();
  run(packager, 0, { video: 1, audio: 0 });
  run(packager, 1, { video: 1, audio: 1 });
  expect(outline(packager, commentaryAudio)).toEqual(['!1']);
  expect(discontinuityNumbers(shown(packager, commentaryAudio)).get(1)).toBe(1);
});

test('a rendition that has published nothing yet counts the discontinuities that went by without it', () => {
  using packager = newPackager();
  run(packager, 0, { video: 0, audio: 1 });
  run(packager, 1, { video: 0, audio: 1 });
  expect(shown(packager, video)).toMatchObject({ segments: [], discontinuitySequence: 0 });
  packager.finishSession();
  expect(shown(packager, video)).toMatchObject({ segments: [], discontinuitySequence: 1 });
  run(packager, 2, { video: 1, audio: 1 });
  expect(shown(packager, video).discontinuitySequence).toBe(1);
  expect(outline(packager, video)).toEqual(['!2']);
});

test('after a restart of the node a playlist that is still empty counts what was published before', () => {
  const publishedBefore = { nextMediaSequence: 40, discontinuityNumber: 3 };
  const options = { cut, renditions, dvrWindowSeconds: 60, windowBytesMax: 1e9, uriPrefix: 'boot2', publishedBefore };
  using packager = new StreamPackager(options);
  expect(shown(packager, video)).toMatchObject({ segments: [], discontinuitySequence: 3 });
  run(packager, 0, { video: 1, audio: 1 });
  expect(shown(packager, video).discontinuitySequence).toBe(3);
  expect(outline(packager, video)).toEqual(['!40']);
});

test('a session in which nothing was published leaves no trace', () => {
  using packager = newPackager();
  run(packager, 0, { video: 0, audio: 0 });
  run(packager, 1, { video: 1, audio: 1 });
  run(packager, 2, { video: 0, audio: 0 });
  run(packager, 3, { video: 1, audio: 1 });
  expect(outline(packager, video)).toEqual(['0', '!1']);
  expect(outline(packager, commentaryAudio)).toEqual(['0', '!1']);
});

test('a session that goes on where each rendition ended needs gaps for the numbers only', () => {
  using packager = newPackager();
  run(packager, 0, { video: 7, audio: 3 });
  const ends = packager.publishedEnds();
  const timeline = new Timeline({ firstSampleEventTimeMs: 1_700_000_000_000, outputTsOffsetSeconds });
  packager.startSession({ sessionIndex: 1, timeline, startSeconds: Math.min(...ends.values()) });
  for (const rendition of renditions) {
    packager.pushInit(rendition.id, syntheticInit(rendition));
    const fragments = syntheticFragments(rendition, cut, { seconds: 9, framesPerFragment: 1 });
    const timescale = syntheticInit(rendition).track.timescale;
    const reached = (ends.get(rendition.id) ?? 0) * timescale - 1;
    for (const fragment of fragments.filter(({ decodeTimeTicks }) => decodeTimeTicks >= reached)) {
      packager.pushFragment(rendition.id, { ...fragment, startsWithKeyframe: true });
    }
  }
  expect(outline(packager, commentaryAudio).slice(1, 5)).toEqual(['1', '-2', '-3', '!4']);
  const [last, gap, , next] = shown(packager, commentaryAudio).segments.slice(1);
  const endMs = (last?.programDateTimeMs ?? 0) + (last?.durationSeconds ?? 0) * 1000;
  expect(gap?.programDateTimeMs).toBeCloseTo(endMs, 3);
  expect(gap?.durationSeconds).toBe(0.001);
  expect(next?.programDateTimeMs).toBeCloseTo(endMs, 0);
});
