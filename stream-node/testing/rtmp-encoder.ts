import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type FlvOptions = {
  seconds: number;
  /** frames between two shown ones that need the later one: the encoder reorders */
  bFrames?: number;
  video?: boolean;
  audio?: 'aac' | 'libmp3lame' | 'pcm_s16le' | false;
  rate?: string;
};

/** A folder with an FLV file as an encoder would send it, and its path. Dispose of it to remove it. */
export async function makeFlv(options: FlvOptions): Promise<AsyncDisposable & { path: string }> {
  const { seconds, bFrames = 0, video = true, audio = 'aac', rate = '30' } = options;
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-flv-'));
  const path = join(folder, 'source.flv');
  const args = ['-hide_banner', '-loglevel', 'error'];
  if (video) {
    // Each frame is brighter than the one before: the order they come out in can be read from them.
    const ramp = `geq=lum='16+mod(N*3,220)':cb=128:cr=128`;
    args.push('-f', 'lavfi', '-i', `color=black:s=160x90:r=${rate}:d=${seconds},${ramp}`);
  }
  if (audio !== false) {
    args.push('-f', 'lavfi', '-i', `sine=frequency=880:sample_rate=44100:duration=${seconds}`);
  }
  if (video) {
    args.push('-c:v', 'libx264', '-preset', 'ultrafast', '-bf', String(bFrames), '-g', '30', '-pix_fmt', 'yuv420p');
  }
  if (audio !== false) {
    args.push('-c:a', audio, '-b:a', '64k');
  }
  await run('ffmpeg', [...args, '-f', 'flv', path]);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** A real ffmpeg that pushes a file to an RTMP address, at the speed of life unless told otherwise. */
export class RtmpEncoder implements AsyncDisposable {
  #stderr = '';
  /** its exit code; null when it was killed */
  readonly exited: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', (slice: Buffer) => {
      this.#stderr += slice;
    });
    this.exited = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  static push(path: string, url: string, options: { atOnce?: boolean; loop?: boolean } = {}): RtmpEncoder {
    const speed = options.atOnce ? [] : ['-re'];
    const loop = options.loop ? ['-stream_loop', '-1'] : [];
    const args = ['-hide_banner', '-loglevel', 'error', ...speed, ...loop, '-i', path, '-c', 'copy', '-f', 'flv', url];
    return new RtmpEncoder(spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] }));
  }

  /** One that sends each frame as soon as it is given the bytes of it, FLV by {@link feed}. */
  static fed(url: string): RtmpEncoder {
    const atOnce = ['-probesize', '32768', '-analyzeduration', '0', '-fpsprobesize', '0', '-f', 'flv', '-i', 'pipe:0'];
    const args = [
      '-hide_banner',
      '-loglevel',
      'error',
      ...atOnce,
      '-c',
      'copy',
      '-flush_packets',
      '1',
      '-f',
      'flv',
      url,
    ];
    const child = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'pipe'] });
    // It may be gone before it has read everything.
    child.stdin.on('error', () => {});
    return new RtmpEncoder(child);
  }

  /** Hands on bytes; the last ones end it. */
  feed(bytes: Buffer, { isLast }: { isLast: boolean }): void {
    this.child.stdin?.write(bytes);
    if (isLast) {
      this.child.stdin?.end();
    }
  }

  /** what it complained of */
  get stderr(): string {
    return this.#stderr;
  }

  /** Ends it without a word to the other side, as a crash does. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.exited;
  }
}
