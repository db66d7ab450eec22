import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, expect, test, vi } from 'vitest';
import type { PieceContainer } from '../ingest/pieces/piece-facts';
import { PieceMedia } from '../testing/piece-media';
import { prepareFfmpeg } from './ffmpeg-abilities';
import { lastPictureOf, makeSegment } from './piece-command';
import { type PieceBefore, type PiecePlan, planPiece } from './piece-plan';
import { probePiece } from './piece-probe';

vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);
const abilities = await prepareFfmpeg('ffmpeg');
const media = await PieceMedia.inNewFolder();
afterAll(async () => await rm(media.folder, { recursive: true, force: true }));

type Segment = { path: string; plan: PiecePlan };

/** Makes one piece after the other into segments, as a stream does. */
async function makeSegments(...files: [name: string, container: PieceContainer][]): Promise<Segment[]> {
  const made: Segment[] = [];
  let before: PieceBefore | null = null;
  for (const [name, container] of files) {
    const path = media.path(name);
    const facts = await probePiece(path, container, 'ffprobe');
    const plan: PiecePlan = planPiece(facts, before);
    const output = media.path(`${made.length}-${name}.ts`);
    const previous = made.at(-1);
    const lastPicture = plan.holdsLastPicture && previous ? await lastPictureOf(previous.path, `${output}.png`) : null;
    await makeSegment({ path, container, facts, plan, lastPicture, abilities, output });
    const soundEnds =
      plan.sound === 'copy' ? (facts.audio?.endSeconds ?? 0) - plan.originSeconds : plan.durationSeconds;
    before = {
      endSeconds: plan.startSeconds + plan.durationSeconds,
      audioEndSeconds: plan.startSeconds + soundEnds,
      hasPicture: true,
    };
    made.push({ path: output, plan });
  }
  return made;
}

/** All packets of one kind in the segments, one segment after the other: when they are presented, in seconds. */
async function presented(segments: readonly Segment[], kind: 'v' | 'a'): Promise<number[]> {
  const times: number[] = [];
  for (const { path } of segments) {
    const args = ['-v', 'error', '-select_streams', `${kind}:0`, '-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
    const { stdout } = await run('ffprobe', [...args, path]);
    const own = stdout.split('\n').flatMap((line) => (line === '' ? [] : Number.parseFloat(line)));
    times.push(...own.sort((a, b) => a - b));
  }
  return times;
}

function steps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

test('pieces that conform are copied, packet by packet, and play on without a seam', async () => {
  await media.make('two.mp4', { seconds: 2 });
  const segments = await makeSegments(['two.mp4', 'mp4'], ['two.mp4', 'mp4'], ['two.mp4', 'mp4']);
  expect(segments.map(({ plan }) => [plan.picture, plan.sound].join())).toEqual(Array(3).fill('copy,copy'));
  expect(segments.map(({ plan }) => plan.startSeconds)).toEqual([0, 2, 4]);
  const pictures = await presented(segments, 'v');
  expect(pictures).toHaveLength(180);
  expect(Math.max(...steps(pictures))).toBeLessThan(0.04);
  expect(Math.min(...steps(pictures))).toBeGreaterThan(0.03);
  const sounds = steps(await presented(segments, 'a'));
  expect(Math.max(...sounds)).toBeLessThan(0.0214 + 0.0214);
  expect(Math.min(...sounds)).toBeGreaterThan(0.01);
});

test('two cuts of one recording, made by copying: the last picture is held where the cut took one away, and no sample of sound is lost', async () => {
  // Red, and blue from 4 s on; keyframes every 2 s, so that the second cut has sound from 3 s and pictures from 4 s.
  const colours = "color=red:s=160x90:r=30,drawbox=c=blue:t=fill:enable='gte(t,4)'";
  const encoding = [
    '-c:v',
    'libx264',
    '-g',
    '60',
    '-bf',
    '2',
    '-sc_threshold',
    '0',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
  ];
  const sources = ['-f', 'lavfi', '-i', colours, '-f', 'lavfi', '-i', 'sine=440:r=48000'];
  const whole = await media.run('whole.mp4', [...sources, '-t', '6', ...encoding]);
  await media.run('first.mp4', ['-i', whole, '-t', '3', '-c', 'copy']);
  await media.run('second.mp4', ['-i', whole, '-ss', '3', '-t', '3', '-c', 'copy']);
  const segments = await makeSegments(['first.mp4', 'mp4'], ['second.mp4', 'mp4']);
  expect(segments[1]?.plan).toMatchObject({ picture: 'encode', sound: 'copy', holdsLastPicture: true });
  const pictures = await presented(segments, 'v');
  expect(Math.max(...steps(pictures))).toBeLessThan(0.06);
  const sounds = steps(await presented(segments, 'a'));
  expect(Math.max(...sounds)).toBeLessThan(0.022);

  const colour = async (atSeconds: string) => {
    const args = [
      '-v',
      'error',
      '-i',
      segments[1]?.path ?? '',
      '-vf',
      `trim=start=${atSeconds},scale=1:1`,
      '-frames:v',
      '1',
    ];
    return (await run('ffmpeg', [...args, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], { encoding: 'buffer' })).stdout;
  };
  // Counted from the second segment's beginning, at 3 s of the recording.
  const [held, shown] = [await colour('0.8'), await colour('1.3')];
  expect([held[0], held[2]].map((value) => (value ?? 0) > 128)).toEqual([true, false]);
  expect([shown[0], shown[2]].map((value) => (value ?? 0) > 128)).toEqual([false, true]);

  // The tone goes on: nowhere is there silence of 20 ms.
  const list = `concat:${segments.map(({ path }) => path).join('|')}`;
  const { stderr } = await run('ffmpeg', [
    '-hide_banner',
    '-i',
    list,
    '-t',
    '5.9',
    '-af',
    'silencedetect=n=-30dB:d=0.02',
    '-f',
    'null',
    '-',
  ]);
  expect(stderr).not.toContain('silence_start');
});

test.each<[string, PieceContainer, readonly string[]]>([
  ['vp8.webm', 'matroska', ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus']],
  ['four-four-four.mp4', 'mp4', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv444p', '-c:a', 'aac']],
  ['mp3.ts', 'mpegts', ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'libmp3lame']],
])('%s is transcoded to what every player shows, and lasts as long', async (name, container, encoding) => {
  await media.make(name, { seconds: 1, options: encoding });
  const [segment] = await makeSegments([name, container]);
  expect([segment?.plan.picture, segment?.plan.sound]).toContain('encode');
  expect(segment?.plan.durationSeconds).toBeCloseTo(1, 1);
  const entries = ['-show_entries', 'stream=codec_name,pix_fmt,profile', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...entries, segment?.path ?? '']);
  expect(stdout).toMatch(/h264,(Main|Constrained Baseline),yuv420p/);
  expect(stdout).toMatch(/aac,LC/);
  const pictures = await presented(segment ? [segment] : [], 'v');
  expect(Math.abs(pictures.length - 30)).toBeLessThanOrEqual(1);
});

test('a piece without sound in a stream that has some is silent, and one without picture holds the last one', async () => {
  await media.make('both.mp4', { seconds: 1 });
  await media.run('picture.mp4', ['-i', media.path('both.mp4'), '-c', 'copy', '-an']);
  await media.run('sound.mp4', ['-i', media.path('both.mp4'), '-c', 'copy', '-vn']);
  const segments = await makeSegments(['both.mp4', 'mp4'], ['picture.mp4', 'mp4'], ['sound.mp4', 'mp4']);
  expect(segments.map(({ plan }) => [plan.picture, plan.sound].join())).toEqual([
    ...['copy,copy', 'copy,encode', 'encode,copy'],
  ]);
  expect(Math.max(...steps(await presented(segments, 'v')))).toBeLessThan(0.06);
  expect(Math.max(...steps(await presented(segments, 'a')))).toBeLessThan(0.045);
});
