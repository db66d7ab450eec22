import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withoutFrameRate } from './without-frame-rate';

const run = promisify(execFile);

export const countedFrameRate = 30;
/** Stripes of the picture: each is a bit of the frame's number, the lowest one on the left. Enough for 36 minutes. */
const bits = 16;
/** The tone ladder begins anew after so many steps. */
export const ladderSteps = 40;
const size = { width: 160, height: 90 };
const maxBuffer = 128 * 1024 * 1024;

/**
 * A Matroska file as a recorder makes it, a keyframe a second, in which nothing can be lost unseen: every picture bears its
 * number as black and white stripes, and the tone under it never pauses and climbs by 50 Hz every half second, 40 times.
 */
export async function makeCountedMedia(seconds: number): Promise<Buffer> {
  const args = [
    ...countedInputs(seconds),
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p'],
    ...['-g', String(countedFrameRate), '-b:v', '400k', '-c:a', 'libopus', '-b:a', '32k'],
    ...['-f', 'matroska', '-live', '1', 'pipe:1'],
  ];
  return withoutFrameRate((await run('ffmpeg', args, { encoding: 'buffer', maxBuffer })).stdout);
}

/** How an encoder's counted media is to be. */
export type CountedFlvOptions = {
  seconds: number;
  width: number;
  height: number;
  /** of one more keyframe than there is every two seconds */
  keyframeAtSeconds?: number;
};

/** The same as an FLV of H.264 that fits a rung of its size as it is: no frame waits for a later one, and no scene is cut. */
export async function makeCountedFlv(options: CountedFlvOptions): Promise<Buffer> {
  const { seconds, width, height, keyframeAtSeconds } = options;
  const args = [
    ...countedInputs(seconds),
    ...['-vf', `scale=${width}:${height}:flags=neighbor,setsar=1`, '-pix_fmt', 'yuv420p'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-bf',
      '0',
      '-sc_threshold',
      '0',
      '-g',
      String(2 * countedFrameRate),
    ],
    ...['-b:v', '250k', '-maxrate', '300k', '-bufsize', '150k'],
    ...(keyframeAtSeconds === undefined ? [] : ['-force_key_frames', String(keyframeAtSeconds)]),
    ...['-c:a', 'aac', '-b:a', '96k', '-f', 'flv', '-flvflags', 'no_duration_filesize', 'pipe:1'],
  ];
  return (await run('ffmpeg', args, { encoding: 'buffer', maxBuffer })).stdout;
}

function countedInputs(seconds: number): string[] {
  const stripe = size.width / bits;
  const picture = `color=black:s=${size.width}x${size.height}:r=${countedFrameRate}:d=${seconds},format=gray,geq=lum='16+219*mod(floor(N/pow(2,floor(X/${stripe}))),2)'`;
  const tone = `aevalsrc='0.5*sin(2*PI*(400+50*mod(floor(2*t),${ladderSteps}))*t)':s=48000:d=${seconds}`;
  return ['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', tone];
}

/** The numbers of the pictures of an MP4, in order. */
export async function readPictureNumbers(mp4: Buffer): Promise<number[]> {
  return numbersIn(await decode(mp4, ['-an', ...stripesOnly]));
}

/** The sound of an MP4, one channel at 48 kHz. */
export async function readSamples(mp4: Buffer): Promise<Float32Array> {
  return samplesIn(await decode(mp4, ['-vn', ...oneChannel]));
}

/** What a player of plain HLS made of both tracks, and its warnings. */
export type PlayedCount = { numbers: number[]; samples: Float32Array; warnings: string };

/**
 * Plays a playlist of counted media from its beginning to its end, as ffmpeg and the players made of it do; one of a live stream
 * until that is over.
 */
export async function playCounted(url: string): Promise<PlayedCount> {
  return await inFolder(async (folder) => {
    const [pictures, sound] = [join(folder, 'pictures'), join(folder, 'sound')];
    const args = [
      ...['-hide_banner', '-nostdin', '-loglevel', 'warning', '-live_start_index', '0'],
      // A live playlist without news is asked for again, however slow the machine is.
      ...['-max_reload', '1000', '-m3u8_hold_counters', '1000', '-i', url],
      ...['-map', '0:v:0', ...stripesOnly, '-f', 'rawvideo', pictures, '-map', '0:a:0', ...oneChannel, sound],
    ];
    const { stderr: warnings } = await run('ffmpeg', args, { maxBuffer });
    return { numbers: numbersIn(await readFile(pictures)), samples: samplesIn(await readFile(sound)), warnings };
  });
}

/** Options of ffmpeg: of each picture its stripes, a grey pixel each. */
const stripesOnly = [
  ...['-fps_mode', 'passthrough', '-pix_fmt', 'gray'],
  ...['-vf', `scale=${size.width}:${size.height},format=gray,scale=${bits}:1:flags=area`],
];
const oneChannel = ['-f', 'f32le', '-ac', '1', '-ar', '48000'];

function numbersIn(pixels: Buffer): number[] {
  return Array.from({ length: pixels.byteLength / bits }, (_, frame) =>
    pixels
      .subarray(frame * bits, (frame + 1) * bits)
      .reduce((number, luma, bit) => number + (luma > 128 ? 2 ** bit : 0), 0),
  );
}

function samplesIn(pcm: Buffer): Float32Array {
  return new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength));
}

/** A stretch without the tone. */
export type Hole = { readonly atSeconds: number; readonly ms: number };

const holeMsMin = 5;
const quietBelow = 0.05;

/** From the first to the last moment at which the tone is heard, in seconds; `null` where it never is. */
export function toneSpan(samples: Float32Array): { fromSeconds: number; untilSeconds: number } | null {
  const isLoud = (sample: number) => Math.abs(sample) >= quietBelow;
  const first = samples.findIndex(isLoud);
  return first < 0 ? null : { fromSeconds: first / 48_000, untilSeconds: (samples.findLastIndex(isLoud) + 1) / 48_000 };
}

/** Every stretch without the tone that is longer than its own zero crossings. */
export function holesIn(samples: Float32Array): Hole[] {
  const holes: Hole[] = [];
  let quiet = 0;
  const close = (end: number) => {
    if (quiet / 48 >= holeMsMin) {
      holes.push({ atSeconds: (end - quiet) / 48_000, ms: quiet / 48 });
    }
    quiet = 0;
  };
  for (const [at, sample] of samples.entries()) {
    if (Math.abs(sample) < quietBelow) {
      quiet += 1;
    } else {
      close(at);
    }
  }
  close(samples.length);
  return holes;
}

/** The longest stretch without the tone, in milliseconds. */
export function longestHoleMs(samples: Float32Array): number {
  return Math.max(0, ...holesIn(samples).map(({ ms }) => ms));
}

/**
 * The steps of the tone ladder in the order in which they sound: rounded to 50 Hz from their zero crossings. A step counts once
 * two windows in a row tell it, for one that lies across two steps, or across a seam, may tell any.
 */
export function readLadder(samples: Float32Array): number[] {
  const windowSamples = 4800;
  const steps: number[] = [];
  let before: number | undefined;
  for (let start = 0; start + windowSamples <= samples.length; start += windowSamples) {
    let crossings = 0;
    for (let at = start + 1; at < start + windowSamples; at += 1) {
      crossings += (samples[at - 1] ?? 0) < 0 !== (samples[at] ?? 0) < 0 ? 1 : 0;
    }
    const step = Math.round((crossings * 5 - 400) / 50);
    if (step === before && steps.at(-1) !== step) {
      steps.push(step);
    }
    before = step;
  }
  return steps;
}

async function decode(mp4: Buffer, output: string[]): Promise<Buffer> {
  return await inFolder(async (folder) => {
    const path = join(folder, 'media.mp4');
    await writeFile(path, mp4);
    const format = output.includes('-f') ? [] : ['-f', 'rawvideo'];
    const args = ['-hide_banner', '-loglevel', 'error', '-i', path, ...output, ...format, 'pipe:1'];
    return (await run('ffmpeg', args, { encoding: 'buffer', maxBuffer })).stdout;
  });
}

async function inFolder<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-counted-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
