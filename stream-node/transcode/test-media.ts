import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** When the picture turns white and the tone begins in all test media, in seconds. */
export const markSeconds = 0.5;

export type TestMediaOptions = {
  /** `noise`: a picture that costs every bit the encoder may spend; `lateSeconds`: by which the picture begins after the sound */
  video?: { codec: 'libvpx' | 'libx264'; size: string; rate: string; noise?: boolean; lateSeconds?: number };
  audio?: boolean;
  seconds: number;
};

/** A small Matroska file as a recorder makes it: black and silent, then white with a tone from `markSeconds` on. */
export async function makeTestMedia({ video, audio, seconds }: TestMediaOptions): Promise<Buffer> {
  const args = ['-hide_banner', '-loglevel', 'error'];
  if (video) {
    const white = `drawbox=c=white:t=fill:enable='gte(t,${markSeconds})'`;
    args.push(
      '-f',
      'lavfi',
      '-i',
      `color=black:s=${video.size}:r=${video.rate}:d=${seconds},${white}${video.noise ? ',noise=alls=100:allf=t' : ''}`,
    );
  }
  if (audio) {
    args.push('-f', 'lavfi', '-i', `aevalsrc='0.5*sin(2*PI*880*t)*gte(t,${markSeconds})':s=48000:d=${seconds}`);
  }
  if (video) {
    const fast = video.codec === 'libvpx' ? ['-deadline', 'realtime', '-cpu-used', '8'] : ['-preset', 'ultrafast'];
    if (video.lateSeconds !== undefined) {
      args.push('-vf', `settb=1/1000,setpts=PTS+${video.lateSeconds * 1000}`);
      args.push('-fps_mode', 'passthrough', '-enc_time_base', '1:1000');
    }
    args.push('-c:v', video.codec, ...fast, '-pix_fmt', 'yuv420p', '-g', '25', '-b:v', '200k');
  }
  if (audio) {
    args.push('-c:a', 'libopus', '-b:a', '32k');
  }
  args.push('-f', 'matroska', '-live', '1', 'pipe:1');
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

export type PacketFacts = { ptsSeconds: number; keyframe: boolean };

/** What ffprobe reads back from a fragmented MP4. */
export async function readPackets(mp4: Buffer): Promise<PacketFacts[]> {
  return await withFile(mp4, async (path) => {
    const entries = ['-show_entries', 'packet=pts_time,flags', '-of', 'csv=p=0'];
    const { stdout } = await run('ffprobe', ['-v', 'error', '-f', 'mp4', ...entries, path]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [pts, flags] = line.split(',');
        return { ptsSeconds: Number(pts), keyframe: flags?.startsWith('K') ?? false };
      });
  });
}

/** When the tone begins, in media time: first timestamp plus the index of the first loud sample. */
export async function toneStartSeconds(mp4: Buffer): Promise<number> {
  const [first] = await readPackets(mp4);
  const pcm = await withFile(mp4, async (path) => {
    const args = ['-v', 'error', '-f', 'mp4', '-i', path, '-f', 'f32le', '-ac', '1', '-ar', '48000', 'pipe:1'];
    return (await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 })).stdout;
  });
  const samples = new Float32Array(pcm.buffer, pcm.byteOffset, Math.floor(pcm.byteLength / 4));
  return (first?.ptsSeconds ?? Number.NaN) + samples.findIndex((sample) => Math.abs(sample) > 0.2) / 48_000;
}

/** The media time of the first white frame. */
export async function whiteStartSeconds(mp4: Buffer): Promise<number> {
  const packets = await readPackets(mp4);
  const luma = await withFile(mp4, async (path) => {
    const args = ['-v', 'error', '-f', 'mp4', '-i', path, '-fps_mode', 'passthrough', '-vf', 'crop=2:2,scale=1:1'];
    return (await run('ffmpeg', [...args, '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'], { encoding: 'buffer' }))
      .stdout;
  });
  return packets[luma.findIndex((value) => value > 128)]?.ptsSeconds ?? Number.NaN;
}

/** Sizes and names of the top-level boxes of an MP4. */
export function topLevelBoxes(mp4: Buffer): string[] {
  const names: string[] = [];
  for (let offset = 0; offset + 8 <= mp4.byteLength; offset += Math.max(8, mp4.readUInt32BE(offset))) {
    names.push(mp4.toString('latin1', offset + 4, offset + 8));
  }
  return names;
}

async function withFile<T>(bytes: Buffer, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-test-'));
  try {
    const path = join(folder, 'media.mp4');
    await writeFile(path, bytes);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
