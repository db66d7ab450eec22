import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { VideoRendition } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import { FragmentReader } from '../isobmff/fragment-reader';
import type { PlayableStream } from '../origin/playable-stream';
import { StreamPackager } from '../packager/stream-packager';
import { Timeline } from '../packager/timeline';
import { readStoryboard } from '../store/storyboard-store';
import { OriginServer } from '../testing/origin-server';
import { SpriteMaker } from '../transcode/sprite-maker';
import { Storyboard, type StoryboardOptions } from './storyboard';

const run = promisify(execFile);
const frameRate = { numerator: 10, denominator: 1 };
const rendition: VideoRendition = { kind: 'video', id: '144p', width: 160, height: 90, frameRate, bitrate: 150_000 };
const cut = videoCutPlan('balanced', frameRate);
const startMs = 1_700_000_000_000;
const patience = { timeout: 30_000 };

/** A picture that is black, then white, in turns of a segment: what lies where on a sheet can be told. */
async function blinkingFragments(seconds: number) {
  const blink = `if(mod(floor(T/${cut.segmentSeconds}),2),255,0)`;
  const command = [
    ...['-loglevel', 'error', '-f', 'lavfi', '-i', `nullsrc=size=16x10:rate=10:duration=${seconds}`],
    ...[
      '-vf',
      `geq=lum='${blink}':cb=128:cr=128,scale=160:90,format=yuv420p`,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
    ],
    ...[
      '-tune',
      'zerolatency',
      '-g',
      String(cut.gopFrames),
      '-keyint_min',
      String(cut.gopFrames),
      '-sc_threshold',
      '0',
    ],
    ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof+skip_trailer', '-frag_duration', '250000'],
    ...['-avoid_negative_ts', 'disabled', '-f', 'mp4', 'pipe:1'],
  ];
  const { stdout } = await run('ffmpeg', command, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
  return new FragmentReader().push(stdout);
}

async function setUp(options: Partial<StoryboardOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-storyboard-'));
  const renditions = [rendition];
  const packager = new StreamPackager({
    ...{ cut, renditions, dvrWindowSeconds: 60, windowBytesMax: 1e9, uriPrefix: 'r' },
  });
  const failures: string[] = [];
  const storyboard = new Storyboard({
    ...{ packager, rendition, folder, maker: new SpriteMaker(), filePrefix: 'boot', keepSeconds: null },
    ...{ intervalSeconds: cut.segmentSeconds, onFailed: ({ message }: Error) => void failures.push(message) },
    ...options,
  });
  onTestFinished(async () => {
    await storyboard[Symbol.asyncDispose]();
    packager[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });
  packager.startSession({
    sessionIndex: 0,
    timeline: new Timeline({ firstSampleEventTimeMs: startMs, outputTsOffsetSeconds: 0 }),
  });
  const feed = (found: Awaited<ReturnType<typeof blinkingFragments>>) => {
    for (const each of found) {
      if (each.kind === 'init') {
        packager.pushInit(rendition.id, each);
      } else {
        packager.pushFragment(rendition.id, each);
      }
    }
  };
  const tiles = async () => (await readStoryboard(folder))?.sheets.flatMap(({ startsMs }) => startsMs) ?? [];
  return { folder, packager, storyboard, failures, feed, tiles };
}

test('while a stream is live its seek bar gets a picture of each stretch, in its place, by name and by time', async () => {
  const { folder, packager, failures, feed, tiles } = await setUp();
  feed(await blinkingFragments(cut.segmentSeconds * 4.5));
  packager.finishSession();
  await vi.waitFor(async () => expect(await tiles()).toHaveLength(5), patience);
  const stream: PlayableStream = {
    ...{ streamId: 'str_storyboard23', epoch: 1, visibility: 'public', state: 'live', renditions: [rendition.id] },
    window: (id) => packager.window(id),
    takes: async () => [],
    takeFile: () => '',
    storyboardFolder: folder,
  };
  await using server = await OriginServer.start([stream]);
  const vtt = await server.ask('/stream/str_storyboard23/storyboard.vtt');
  expect([vtt.status, vtt.headers['content-type']]).toEqual([200, 'text/vtt; charset=utf-8']);
  expect(vtt.text).toContain(
    `WEBVTT\n\nNOTE zero is ${new Date((await tiles())[0] ?? 0).toISOString()}\n\n00:00:00.000 --> `,
  );
  const places = vtt.text.match(/^storyboard-.*$/gm) ?? [];
  expect(places.map((place) => place.split('#')[1])).toEqual([0, 160, 320, 480, 640].map((x) => `xywh=${x},0,160,90`));

  const [file = ''] = places[0]?.split('#') ?? [];
  const sheet = await server.ask(`/stream/str_storyboard23/${file}`);
  expect([sheet.status, sheet.headers['content-type']]).toEqual([200, 'image/jpeg']);
  const grey = ['-loglevel', 'error', '-i', join(folder, file), '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
  const { stdout } = await run('ffmpeg', grey, { encoding: 'buffer', maxBuffer: 8 * 1024 * 1024 });
  expect(stdout.byteLength).toBe(800 * 450);
  const middles = [0, 1, 2, 3, 4].map((column) => (stdout[45 * 800 + column * 160 + 80] ?? 0) > 127);
  expect(middles).toEqual([false, true, false, true, false]);
  expect((await server.ask('/stream/str_storyboard23/storyboard-other-0-1.jpg')).status).toBe(404);
  // Of a sheet that was made again and again one file is left.
  expect((await readdir(folder)).toSorted()).toEqual([file, 'storyboard.json'].toSorted());
  expect(failures).toEqual([]);
}, 60_000);

test('sheets hold 25 pictures, old ones leave with the window, and of a stream that nobody keeps nothing is left', async () => {
  const made: string[] = [];
  const maker = { make: async (_source: unknown, _layout: unknown, path: string) => void made.push(path) };
  const { folder, storyboard, packager, feed, tiles } = await setUp({ maker, keepSeconds: 30 });
  feed(await blinkingFragments(cut.segmentSeconds * 60));
  packager.finishSession();
  const lengths = async () => (await readStoryboard(folder))?.sheets.map(({ startsMs }) => startsMs.length);
  await vi.waitFor(async () => expect(await lengths()).toEqual([25, 10]), patience);
  expect((await tiles()).at(-1)).toBeGreaterThan(startMs + 100_000);
  await storyboard[Symbol.asyncDispose]();
  expect(await readStoryboard(folder)).toBeUndefined();
}, 60_000);
