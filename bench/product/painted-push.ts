import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { paintBits, paintedGrid } from '../../e2e/fixtures/painted-time';

const framesPerSecond = 30;
const sampleRate = 48_000;
const size = { width: 640, height: 360 };
/** Black and white of a picture with the luma of television (BT.601), which the viewer's browser stretches again. */
const luma = { black: 16, white: 235 };

/**
 * A camera that shows the time of day, through one encoder with the usual settings of a broadcaster's (x264 without B-frames, a
 * keyframe every two seconds) and by RTMP to all the given addresses at once: the same bytes at the same moment to each.
 */
export class PaintedPush implements AsyncDisposable {
  readonly #timer: NodeJS.Timeout;
  #frames = 0;
  readonly #startedAtMs = performance.now();

  private constructor(
    private readonly encoder: ChildProcess,
    private readonly picture: Writable,
    private readonly sound: Writable,
  ) {
    this.#timer = setInterval(() => this.#sendDueFrame(), 1000 / framesPerSecond / 4);
  }

  static start(urls: readonly string[]): PaintedPush {
    const targets = urls.map((url) => `[f=flv:flvflags=no_duration_filesize]${url}`).join('|');
    const raw = [
      '-f',
      'rawvideo',
      '-pixel_format',
      'gray',
      '-video_size',
      `${paintedGrid.columns}x${paintedGrid.rows}`,
    ];
    const args = [
      ...['-hide_banner', '-loglevel', 'error', '-fflags', 'nobuffer', '-probesize', '32', '-analyzeduration', '0'],
      ...[...raw, '-framerate', String(framesPerSecond), '-i', 'pipe:0'],
      ...['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', 'pipe:3', '-map', '0:v', '-map', '1:a'],
      ...['-vf', `scale=${size.width}:${size.height}:flags=neighbor:in_range=tv:out_range=tv,format=yuv420p`],
      ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-b:v', '800k', '-g', '60'],
      ...['-c:a', 'aac', '-b:a', '96k', '-flags', '+global_header', '-f', 'tee', targets],
    ];
    const encoder = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] });
    const [picture, , , sound] = encoder.stdio;
    const pipes = [picture, sound].filter((pipe) => pipe !== null && pipe !== undefined && 'write' in pipe);
    const [toPicture, toSound] = pipes;
    if (toPicture === undefined || toSound === undefined) {
      throw new Error('ffmpeg has no pipes');
    }
    for (const pipe of pipes) {
      // When it ends, the bench sees no new picture and says so.
      pipe.on('error', () => {});
    }
    return new PaintedPush(encoder, toPicture, toSound);
  }

  /** A frame and the sound of its length, when it is time: what could not be sent in time is not made up for in one go. */
  #sendDueFrame(): void {
    if (((performance.now() - this.#startedAtMs) * framesPerSecond) / 1000 < this.#frames) {
      return;
    }
    this.#frames += 1;
    this.picture.write(Buffer.from(paintBits(Date.now()).map((isWhite) => (isWhite ? luma.white : luma.black))));
    this.sound.write(Buffer.alloc((sampleRate / framesPerSecond) * 2));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    if (this.encoder.exitCode === null && this.encoder.signalCode === null) {
      const gone = once(this.encoder, 'exit');
      this.encoder.kill('SIGKILL');
      await gone;
    }
  }
}
