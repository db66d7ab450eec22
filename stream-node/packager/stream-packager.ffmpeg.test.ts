import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { commentaryAudio, type Rendition, stereoAudio, type VideoRendition } from '../contract/ladder';
import { audioCutPlan, type CutPlan, videoCutPlan } from '../contract/profiles';
import { FragmentReader } from '../isobmff/fragment-reader';
import { type FfmpegAbilities, prepareFfmpeg } from '../transcode/ffmpeg-abilities';
import { makeTestMedia, readPackets, type TestMediaOptions } from '../transcode/test-media';
import { leastOutputOffsetSeconds } from '../transcode/transcode-plan';
import { Transcoder } from '../transcode/transcoder';
import type { RenditionWindow } from './live-window';
import type { Segment } from './media-types';
import { expectPlaylistRules } from './playlist-rules';
import { StreamPackager } from './stream-packager';
import { Timeline } from './timeline';

const startMs = 1_700_000_000_000;
const sourceSeconds = 4.5;

let abilities: FfmpegAbilities;
beforeAll(async () => {
  abilities = await prepareFfmpeg('ffmpeg');
});

function picture(id: string, numerator: number, denominator = 1): VideoRendition {
  return { kind: 'video', id, width: 160, height: 90, frameRate: { numerator, denominator }, bitrate: 150_000 };
}

function videoCase(rate: string, profile: 'balanced' | 'lowest-latency') {
  const [numerator = 30, denominator = 1] = rate.split('/').map(Number);
  const source: TestMediaOptions = {
    video: { codec: 'libvpx', size: '160x90', rate },
    audio: true,
    seconds: sourceSeconds,
  };
  return {
    source,
    renditions: [picture('90p', numerator, denominator), stereoAudio, commentaryAudio],
    cut: videoCutPlan(profile, { numerator, denominator }),
  };
}

const cases = [
  ['balanced at 30 fps', videoCase('30', 'balanced')],
  ['balanced at 25 fps', videoCase('25', 'balanced')],
  ['balanced at 29.97 fps', videoCase('30000/1001', 'balanced')],
  ['lowest-latency at 30 fps', videoCase('30', 'lowest-latency')],
  [
    'audio only',
    { source: { audio: true, seconds: sourceSeconds }, renditions: [commentaryAudio], cut: audioCutPlan() },
  ],
] as const;

describe.each(cases)('what ffmpeg puts out, %s,', (_, { source, renditions, cut }) => {
  test('becomes parts within the limits, segments that agree in all renditions, and can be decoded', async () => {
    using packager = packagerOf(renditions, cut);
    await publish(packager, source, renditions, cut);
    packager.end();

    const playlists = renditions.map((rendition) => segmentsOf(packager, rendition));
    const segmentCount = Math.ceil(sourceSeconds / cut.segmentSeconds);
    for (const [index, segments] of playlists.entries()) {
      const rendition = renditions[index];
      expect(segments.map(({ mediaSequence }) => mediaSequence)).toEqual(
        Array.from({ length: segmentCount }, (_, k) => k),
      );
      for (const { mediaSequence, programDateTimeMs } of segments) {
        const gridMs = startMs + mediaSequence * cut.segmentSeconds * 1000;
        const isExact = rendition?.kind === 'video';
        const offGridMs = programDateTimeMs - gridMs;
        expect(Math.abs(offGridMs), `segment ${mediaSequence} starts on the grid`).toBeLessThan(
          isExact ? 1 : cut.partTargetSeconds * 1000,
        );
      }
    }
    for (const rendition of renditions) {
      await expectDecodable(windowOf(packager, rendition), rendition);
    }
  }, 30_000);
});

function packagerOf(renditions: readonly Rendition[], cut: CutPlan): StreamPackager {
  return new StreamPackager({ cut, renditions, dvrWindowSeconds: 60, windowBytesMax: 1e8, uriPrefix: 'boot1' });
}

/** One session: source → ffmpeg → fragments → packager; the rules are checked after every slice. */
async function publish(
  packager: StreamPackager,
  source: TestMediaOptions,
  renditions: readonly Rendition[],
  cut: CutPlan,
): Promise<void> {
  const media = await makeTestMedia(source);
  const plan = {
    container: 'matroska' as const,
    cut,
    video: renditions.filter((rendition) => rendition.kind === 'video'),
    audio: renditions.filter((rendition) => rendition.kind === 'audio'),
    gridShiftSeconds: 0,
    outputOffsetSeconds: leastOutputOffsetSeconds,
    missing: [],
  };
  const timeline = new Timeline({ firstSampleEventTimeMs: startMs, outputTsOffsetSeconds: leastOutputOffsetSeconds });
  packager.startSession({ sessionIndex: 0, timeline });
  const bytes = Readable.from([media], { objectMode: false });
  await using transcoder = await Transcoder.start({ bytes, plan, abilities });
  await Promise.all(
    transcoder.outputs.map(async ({ rendition, stream }) => {
      const reader = new FragmentReader();
      for await (const slice of stream) {
        for (const found of reader.push(slice)) {
          if (found.kind === 'init') {
            packager.pushInit(rendition.id, found);
          } else {
            packager.pushFragment(rendition.id, found);
          }
        }
        expectPlaylistRules(windowOf(packager, rendition));
      }
      reader.end();
    }),
  );
  expect(await transcoder.ended).toMatchObject({ reason: 'finished' });
}

/** Everything the source had is in the segments, and each of them starts with a keyframe of its own. */
async function expectDecodable(window: RenditionWindow, rendition: Rendition): Promise<void> {
  const bytes = window.snapshot().segments.map(({ uri }) => window.segmentBytes(uri) ?? Buffer.alloc(0));
  const [first] = window.snapshot().segments;
  const init = window.initBytes(first?.init.uri ?? '') ?? Buffer.alloc(0);
  const framesPerSecond =
    rendition.kind === 'video' ? rendition.frameRate.numerator / rendition.frameRate.denominator : 48_000 / 1024;
  const packets = await readPackets(Buffer.concat([init, ...bytes]));
  expect(Math.abs(packets.length - sourceSeconds * framesPerSecond)).toBeLessThanOrEqual(2);
  const [start] = await readPackets(Buffer.concat([init, bytes[1] ?? Buffer.alloc(0)]));
  expect(start).toMatchObject({ keyframe: true });
}

function windowOf(packager: StreamPackager, rendition: Rendition): RenditionWindow {
  const window = packager.window(rendition.id);
  if (window === undefined) {
    throw new Error(`no window for ${rendition.id}`);
  }
  return window;
}

function segmentsOf(packager: StreamPackager, rendition: Rendition): readonly Segment[] {
  return windowOf(packager, rendition).snapshot().segments;
}
