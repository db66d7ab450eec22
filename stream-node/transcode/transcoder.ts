import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import type { FfmpegCommand } from 'fluent-ffmpeg';
import type { Rendition } from '../contract/ladder';
import type { FfmpegAbilities } from './ffmpeg-abilities';
import { type CommandChanges, processIdOf, transcodeCommand } from './ffmpeg-command';
import { ffmpegFailureReason } from './ffmpeg-failure';
import { LastPicture } from './last-picture';
import { LastFlvPicture } from './last-picture-flv';
import { OutputSocket } from './output-socket';
import { OutputWatchdog } from './output-watchdog';
import { SocketFolder } from './socket-folder';
import { plannedRenditions, type TranscodePlan } from './transcode-plan';

export type TranscodeEnd = {
  /** `finished`: the source ended and everything made of it was put out; `killed`: by {@link Transcoder.close} */
  readonly reason: 'finished' | 'failed' | 'killed';
  /** why, in words for a broadcaster */
  readonly message: string;
};

export type TranscoderOptions = CommandChanges & {
  /** whose folder the sockets are put into; without one, into that of encoders that serve no stream */
  streamId?: string;
  /** the source from its first byte on, or its head and what follows a later keyframe; its end ends the session */
  bytes: Readable;
  plan: TranscodePlan;
  abilities: FfmpegAbilities;
  /** how long ffmpeg may put out nothing while media arrives before it counts as failed, in milliseconds */
  noOutputTimeoutMs?: number;
};

const noOutputTimeoutMsDefault = 8000;
const stderrLinesKept = 40;
const stderrLineLengthMax = 300;
/** `sun_path` of a Unix socket address holds 104 bytes on the smallest system (macOS), with the closing NUL. */
const socketPathBytesMax = 103;

/** One ffmpeg: one session of a stream in, one fragmented MP4 stream per rendition out. */
export class Transcoder implements AsyncDisposable {
  /** settles when ffmpeg is gone, every output was read out and the temporary folder is removed; never rejects */
  readonly ended: Promise<TranscodeEnd>;
  private readonly gate: Transform;
  private readonly watchdog: OutputWatchdog;
  private readonly stderr: string[] = [];
  private running = false;
  /** why we end it ourselves; the exit of ffmpeg that follows is then no news */
  private verdict: TranscodeEnd | null = null;
  private command: FfmpegCommand | null = null;

  private constructor(
    private readonly options: TranscoderOptions,
    private readonly socketFolder: SocketFolder,
    private readonly sockets: readonly OutputSocket[],
    outputActivity: { onBytes: () => void },
  ) {
    const timeoutMs = options.noOutputTimeoutMs ?? noOutputTimeoutMsDefault;
    this.watchdog = new OutputWatchdog(timeoutMs, {
      inputWaits: () => this.gate.readableLength > 0 || this.gate.writableEnded,
      onSilence: () => {
        const message = `ffmpeg put out nothing for ${timeoutMs / 1000} s while media arrived`;
        this.stop({ reason: 'failed', message });
      },
    });
    outputActivity.onBytes = () => this.watchdog.output();
    const lastPicture = lastPictureOf(options.plan);
    this.gate = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.watchdog.input();
        done(null, lastPicture?.push(chunk) ?? chunk);
      },
      flush: (done) => done(null, lastPicture?.end()),
    });
    this.ended = this.run();
  }

  /** Listens on every output, then starts ffmpeg. `prepareFfmpeg` gives the abilities. */
  static async start(options: TranscoderOptions): Promise<Transcoder> {
    const folder = await SocketFolder.make(options.streamId ?? 'no-stream');
    const outputActivity = { onBytes: () => {} };
    const sockets: OutputSocket[] = [];
    try {
      for (const rendition of plannedRenditions(options.plan)) {
        const path = socketPath(folder.path, rendition);
        sockets.push(await OutputSocket.listen(path, rendition, () => outputActivity.onBytes()));
      }
    } catch (error) {
      await Promise.all(sockets.map((socket) => socket.finish()));
      await folder.remove();
      throw error;
    }
    return new Transcoder(options, folder, sockets, outputActivity);
  }

  /** holds the sockets, for this user alone; gone with ffmpeg */
  get folder(): string {
    return this.socketFolder.path;
  }

  /**
   * One stream per planned rendition, in the order of the plan. Each ends with ffmpeg; one that is left unread for long
   * errors by itself and holds up no other.
   */
  get outputs(): readonly { readonly rendition: Rendition; readonly stream: Readable }[] {
    return this.sockets;
  }

  /** while it runs */
  get processId(): number | undefined {
    return this.running && this.command !== null ? processIdOf(this.command) : undefined;
  }

  /** Ends ffmpeg at once, whatever it was doing, and waits until it is gone. The source is left open. */
  async close(): Promise<void> {
    this.stop({ reason: 'killed', message: 'the transcoder was stopped' });
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async run(): Promise<TranscodeEnd> {
    const exit = await this.runFfmpeg();
    this.running = false;
    this.watchdog.close();
    this.options.bytes.unpipe(this.gate);
    this.gate.destroy();
    // A connection made just before ffmpeg exited is still to be accepted: let the loop turn once.
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all(this.sockets.map((socket) => socket.finish()));
    await this.socketFolder.remove();
    return this.verdict ?? exit;
  }

  private runFfmpeg(): Promise<TranscodeEnd> {
    const { bytes, plan, abilities } = this.options;
    const command = transcodeCommand(
      this.gate,
      plan,
      abilities,
      (rendition) => socketPath(this.folder, rendition),
      this.options,
    );
    this.command = command;
    return new Promise((resolve) => {
      command.on('start', () => {
        this.running = true;
        if (this.verdict) {
          command.kill('SIGKILL');
        }
      });
      command.on('stderr', (line: string) => this.keepLine(line));
      command.on('end', () => resolve({ reason: 'finished', message: 'the source ended' }));
      command.on('error', (error) => resolve({ reason: 'failed', message: this.failure(error) }));
      const fail = (error: Error) => this.stop({ reason: 'failed', message: `the source failed: ${error.message}` });
      this.gate.on('error', fail);
      bytes.once('error', fail);
      bytes.pipe(this.gate);
      command.run();
    });
  }

  private stop(verdict: TranscodeEnd): void {
    this.verdict ??= verdict;
    if (this.running) {
      this.command?.kill('SIGKILL');
    }
  }

  private keepLine(line: string): void {
    this.stderr.push(line.slice(0, stderrLineLengthMax));
    if (this.stderr.length > stderrLinesKept) {
      this.stderr.shift();
    }
  }

  private failure(error: Error): string {
    const known = this.stderr.length > 0 ? this.stderr : [error.message];
    return ffmpegFailureReason(known);
  }
}

/** Matroska and FLV leave open how long a picture lasts; the others' frames have a length of their own. */
function lastPictureOf({ container, video: [best] }: TranscodePlan): LastPicture | LastFlvPicture | undefined {
  if (best === undefined) {
    return undefined;
  }
  switch (container) {
    case 'matroska':
      return new LastPicture(best.frameRate);
    case 'flv':
      return new LastFlvPicture(best.frameRate);
    default:
      return undefined;
  }
}

function socketPath(folder: string, rendition: Rendition): string {
  const path = join(folder, `${rendition.id}.sock`);
  if (Buffer.byteLength(path) > socketPathBytesMax) {
    throw new RangeError(`the temporary folder's path is too long for a socket (${socketPathBytesMax} bytes): ${path}`);
  }
  return path;
}
