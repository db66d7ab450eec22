import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FrameRate } from '../contract/profiles';
import { encodeFlvTag, readFlvTag } from '../ingest/rtmp/flv-tag';
import { withoutFrameRate } from './without-frame-rate';

const run = promisify(execFile);
const maxBuffer = 64 * 1024 * 1024;
/** of an FLV file and the size of the tag before the first (Adobe FLV 10.1, E.2) */
const flvHeaderBytes = 13;

/** How a piece of media is made; all that is left out is as most sources have it. */
export type OddMedia = {
  seconds: number;
  /** as it is coded; without a picture: null */
  size?: string | null;
  frameRate?: FrameRate;
  /** degrees by which a player turns the picture; MP4 alone can say so */
  rotation?: number;
  /** frames come when they like, and some do not come at all */
  isVariable?: boolean;
  /** from one keyframe to the next; a second where it is left out */
  keyframeSeconds?: number;
  /** frames are coded in another order than they are shown in */
  bFrames?: number;
  /** null: without sound */
  sound?: { sampleRate: number; layout: 'mono' | 'stereo' | '5.1' } | null;
  /** by which a track begins after the other one, in seconds */
  late?: { video?: number; audio?: number };
  /** between these seconds nothing of a track is sent */
  silent?: { track: 'video' | 'audio'; from: number; to: number };
};

export const oddContainers = ['matroska', 'flv', 'mp4'] as const;
export type OddContainer = (typeof oddContainers)[number];

const usualRate: FrameRate = { numerator: 30, denominator: 1 };
/** The sound of a piece ends with a whole frame, so the next piece begins a little later than it should. */
const changeMs = 40;
/** H.264 by whoever writes MP4 or FLV, VP8 by a recorder. */
const codecs: Record<OddContainer, { video: string[]; audio: string[] }> = {
  matroska: {
    video: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k'],
    audio: ['-c:a', 'libopus', '-b:a', '64k'],
  },
  flv: { video: ['-c:v', 'libx264', '-preset', 'ultrafast'], audio: ['-c:a', 'aac', '-b:a', '96k'] },
  mp4: { video: ['-c:v', 'libx264', '-preset', 'ultrafast'], audio: ['-c:a', 'aac', '-b:a', '96k'] },
};
const formats: Record<OddContainer, string[]> = {
  matroska: ['-f', 'matroska', '-live', '1', '-cluster_time_limit', '100'],
  flv: ['-f', 'flv', '-flvflags', 'no_duration_filesize'],
  mp4: ['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '100000'],
};

/**
 * One file in which the picture turns white for some frames, 0.6 s into each second of its frames, and a tone sounds at
 * exactly that moment; all else is black and silent.
 */
export async function makeOddMedia(container: OddContainer, media: OddMedia): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-odd-'));
  try {
    const path = join(folder, 'media');
    await run('ffmpeg', [...inputs(media), ...outputs(container, media), ...formats[container], path], { maxBuffer });
    const changes = [...dropping('video', media), ...dropping('audio', media), ...turning(media)];
    if (changes.length > 0) {
      // Only now: an encoder's own packets are in another time base than the filter believes, and only copies are turned.
      const args = ['-hide_banner', '-loglevel', 'error', '-i', path, '-c', 'copy', ...changes, ...formats[container]];
      await run('ffmpeg', [...args, `${path}.changed`], { maxBuffer });
    }
    const file = await readFile(changes.length > 0 ? `${path}.changed` : path);
    return container === 'matroska' ? withoutFrameRate(file) : file;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same without a break: the source changes its shape, size or sound where the next one begins. */
export async function makeChangingMedia(container: 'matroska' | 'flv', pieces: readonly OddMedia[]): Promise<Buffer> {
  const files = await Promise.all(pieces.map((piece) => makeOddMedia(container, piece)));
  return container === 'flv' ? joinFlv(files, pieces) : await joinMatroska(files, pieces);
}

/** The period of flashes and beeps: as many frames as come nearest to a second. */
export function flashPeriodSeconds({ numerator, denominator }: FrameRate = usualRate): number {
  return (Math.round(numerator / denominator) * denominator) / numerator;
}

/** Late enough in the second that whoever listens has heard half a second of silence before the first beep. */
function flashFrameOf(periodFrames: number): number {
  return Math.floor(periodFrames * 0.6);
}

function inputs({ seconds, size = '160x90', frameRate = usualRate, sound }: OddMedia): string[] {
  const periodSeconds = flashPeriodSeconds(frameRate);
  const period = Math.round(frameRate.numerator / frameRate.denominator);
  const flashFrame = flashFrameOf(period);
  const beepAt = (flashFrame * frameRate.denominator) / frameRate.numerator;
  const args = ['-hide_banner', '-loglevel', 'error', '-y'];
  if (size !== null) {
    const rate = `${frameRate.numerator}/${frameRate.denominator}`;
    const white = `drawbox=c=white:t=fill:enable='gte(mod(n,${period}),${flashFrame})*lt(mod(n,${period}),${flashFrame + 5})'`;
    args.push(...['-f', 'lavfi', '-i', `color=black:s=${size}:r=${rate}:d=${seconds},${white}`]);
  }
  if (sound !== null) {
    const { sampleRate = 48_000, layout = 'stereo' } = sound ?? {};
    const isOn = `gte(mod(t,${periodSeconds}),${beepAt})*lt(mod(t,${periodSeconds}),${beepAt + 0.15})`;
    const tone = `aevalsrc='0.6*sin(2*PI*1000*t)*${isOn}':s=${sampleRate}:d=${seconds}`;
    args.push(...['-f', 'lavfi', '-i', `${tone},pan=${layout}|${panOf(layout)}`]);
  }
  return args;
}

/** Every channel but the low one, which a downmix leaves out, has the tone. */
function panOf(layout: 'mono' | 'stereo' | '5.1'): string {
  const channels = { mono: 1, stereo: 2, '5.1': 6 }[layout];
  return Array.from({ length: channels }, (_, index) => `c${index}=${index === 3 ? 0 : 1}*c0`).join('|');
}

function outputs(container: OddContainer, media: OddMedia): string[] {
  const { size, frameRate = usualRate, sound, isVariable, keyframeSeconds = 1, bFrames = 0 } = media;
  const args: string[] = [];
  if (size !== null) {
    const secondFrames = Math.round(frameRate.numerator / frameRate.denominator);
    args.push(...codecs[container].video, '-pix_fmt', 'yuv420p', '-g', '1000');
    args.push('-force_key_frames', `expr:gte(t,n_forced*${keyframeSeconds})`);
    args.push(...(container === 'matroska' ? [] : ['-bf', String(bFrames)]));
    if (isVariable) {
      // A third of the frames do not come, but never the first one of a flash, and all come up to 8 ms late.
      const isFlash = `eq(mod(n,${secondFrames}),${flashFrameOf(secondFrames)})`;
      const kept = `select='gt(${isFlash}+mod(n*7,3),0)'`;
      args.push('-vf', `settb=1/1000,${kept},setpts=PTS+mod(N*5\\,9)`);
      args.push('-fps_mode', 'passthrough', '-enc_time_base:v', '1:1000');
    }
  }
  if (sound !== null) {
    args.push(...codecs[container].audio);
    if (container === 'matroska' && sound?.layout === '5.1') {
      args.push('-mapping_family', '1');
    }
  }
  return args;
}

/** What takes the packets of a track out of a file that are not to be there. */
function dropping(track: 'video' | 'audio', { late = {}, silent }: OddMedia): string[] {
  const lateSeconds = late[track] ?? 0;
  const conditions = [
    ...(lateSeconds > 0 ? [`lt(pts*tb\\,${lateSeconds})`] : []),
    ...(silent?.track === track ? [`gte(pts*tb\\,${silent.from})*lt(pts*tb\\,${silent.to})`] : []),
  ];
  return conditions.length === 0 ? [] : [`-bsf:${track === 'video' ? 'v' : 'a'}`, `noise=drop=${conditions.join('+')}`];
}

function turning({ rotation }: OddMedia): string[] {
  return rotation === undefined ? [] : ['-metadata:s:v:0', `rotate=${rotation}`];
}

/** The tags of all files, each file's times moved behind the one before; the decoders' configurations come along. */
function joinFlv(files: readonly Buffer[], pieces: readonly OddMedia[]): Buffer {
  const joined: Buffer[] = [];
  let startMs = 0;
  for (const [index, file] of files.entries()) {
    joined.push(...(index === 0 ? [file.subarray(0, flvHeaderBytes)] : []));
    for (let at = flvHeaderBytes; at + 11 <= file.byteLength; ) {
      const tagBytes = file.readUIntBE(at + 1, 3) + 15;
      const tag = readFlvTag(file.subarray(at, at + tagBytes));
      if (tag !== null) {
        joined.push(encodeFlvTag({ ...tag, timestampMs: tag.timestampMs + startMs }));
      } else if (index === 0) {
        joined.push(file.subarray(at, at + tagBytes)); // onMetaData
      }
      at += tagBytes;
    }
    startMs += Math.round((pieces[index]?.seconds ?? 0) * 1000) + changeMs;
  }
  return Buffer.concat(joined);
}

async function joinMatroska(files: readonly Buffer[], pieces: readonly OddMedia[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-odd-'));
  try {
    await Promise.all(files.map((file, index) => writeFile(join(folder, `${index}`), file)));
    const list = files.map((_, index) => `file ${index}\nduration ${pieces[index]?.seconds ?? 0}\n`).join('');
    await writeFile(join(folder, 'list'), list);
    const path = join(folder, 'media');
    const args = ['-hide_banner', '-loglevel', 'error', '-f', 'concat', '-i', join(folder, 'list'), '-c', 'copy'];
    await run('ffmpeg', [...args, ...formats.matroska, path], { maxBuffer });
    return withoutFrameRate(await readFile(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
