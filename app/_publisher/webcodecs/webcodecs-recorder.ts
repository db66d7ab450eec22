import { joined } from '../joined-bytes';
import type { Recorder, RecorderHandlers } from '../live-session';
import { MatroskaRetimer } from '../matroska-retimer';
import { pageNowMs } from '../page-clock';
import { PictureChanged } from '../picture-changed';
import type { EncodedSample, TrackEncoder } from './encoded-sample';
import { MatroskaWriter } from './matroska-writer';
import { findPictureCodec, type PictureCodec } from './picture-codec';
import { PictureEncoder } from './picture-encoder';
import { SoundEncoder, soundConfig } from './sound-encoder';
import { canTakeTracksApart, pictureFrames, type SoundPieces, soundPieces } from './track-pieces';

/** How fast the picture is moved when a frame comes that shows its capture to be earlier than believed. */
const slewMsPerFrame = 1;
/** in a MIME type */
const names = { avc: 'avc1', vp8: 'vp8' } as const;

/** Whether this browser can take a track apart and encode it by itself. */
export async function canRecordByWebCodecs(stream: MediaStream): Promise<boolean> {
  if (!(canTakeTracksApart() && 'VideoEncoder' in window && 'AudioEncoder' in window)) {
    return false;
  }
  const sound = await AudioEncoder.isConfigSupported(soundConfig(1)).catch(() => null);
  return sound?.supported === true && (stream.getVideoTracks().length === 0 || (await findPictureCodec()) !== null);
}

/**
 * Records through the browser's own encoders: each frame and each 20 ms of sound is handed over as soon as it is encoded,
 * where a MediaRecorder waits for 60 ms of sound, and each carries the instant of its capture.
 */
export class WebCodecsRecorder implements Recorder {
  readonly mime: string;
  readonly container = 'matroska';
  readonly #handlers: RecorderHandlers;
  readonly #writer: MatroskaWriter;
  readonly #video: PictureEncoder | null;
  readonly #audio: SoundEncoder;
  /** reads back at which time the first block of a chunk lies */
  readonly #blocks = new MatroskaRetimer();
  #held: EncodedSample[] | null = [];
  #waiting: Uint8Array[] = [];
  /** page time of container time zero */
  #zeroMs = 0;
  /** added to the picture's timestamps to get container time */
  #videoShiftMs = 0;
  #newestMs = 0;
  #stopped: Promise<void> | null = null;

  private constructor(stream: MediaStream, sound: SoundPieces, codec: PictureCodec | null, handlers: RecorderHandlers) {
    this.#writer = new MatroskaWriter(codec);
    this.#handlers = handlers;
    const [videoTrack] = stream.getVideoTracks();
    this.mime = codec === null ? 'audio/x-matroska;codecs=opus' : `video/x-matroska;codecs=${names[codec]},opus`;
    const sample = (each: EncodedSample) => this.#take(each);
    this.#audio = new SoundEncoder(sound, sample);
    const resized = () => handlers.failed(new PictureChanged('The picture changed its size.'));
    this.#video =
      videoTrack && codec ? new PictureEncoder(pictureFrames(videoTrack), codec, { sample, resized }) : null;
    for (const encoder of this.#encoders()) {
      encoder.run().catch((error: unknown) => this.#fail(error));
    }
  }

  /** Records from now on; throws where an encoder does not take the track as it is. */
  static async start(stream: MediaStream, handlers: RecorderHandlers): Promise<WebCodecsRecorder> {
    const hasPicture = stream.getVideoTracks().length > 0;
    const codec = hasPicture ? await findPictureCodec() : null;
    if (hasPicture && codec === null) {
      throw new Error('This browser has no encoder for a picture.');
    }
    const [audioTrack] = stream.getAudioTracks();
    if (audioTrack === undefined) {
      throw new Error('There is no sound to record.');
    }
    return new WebCodecsRecorder(stream, await soundPieces(audioTrack), codec, handlers);
  }

  lagMs(): number | null {
    return this.#held === null ? pageNowMs() - (this.#zeroMs + this.#newestMs) : null;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#encoders().map((encoder) => encoder.stop()));
    this.#release();
    this.#hand();
  }

  #encoders(): TrackEncoder[] {
    return this.#video === null ? [this.#audio] : [this.#video, this.#audio];
  }

  #take(sample: EncodedSample): void {
    if (this.#held !== null) {
      this.#held.push(sample);
      this.#release();
    } else {
      this.#write(sample);
    }
  }

  /** Once it is known when the first samples were captured, and not before: the earliest of them is container time zero. */
  #release(): void {
    const held = this.#held;
    if (held === null) {
      return;
    }
    const starts = this.#encoders().map((encoder) => startOf(held, encoder));
    if (starts.some((start) => start === null)) {
      return;
    }
    this.#held = null;
    this.#zeroMs = Math.min(...starts.map((start) => start ?? Number.POSITIVE_INFINITY));
    this.#videoShiftMs = this.#wantedVideoShiftMs();
    // In one chunk: by these frames the node sees where on the grid of its frame rate the camera lies.
    for (const sample of held) {
      this.#write(sample, sample === held.at(-1));
    }
  }

  #wantedVideoShiftMs(): number {
    return (this.#video?.pageOffsetMs() ?? 0) - this.#zeroMs;
  }

  /** Container time of a sample, in milliseconds. */
  #timeOf({ kind, timestampMs }: EncodedSample): number {
    if (kind === 'audio') {
      return timestampMs + (this.#audio.pageOffsetMs() ?? 0) - this.#zeroMs;
    }
    const moveMs = this.#wantedVideoShiftMs() - this.#videoShiftMs;
    this.#videoShiftMs += Math.max(-slewMsPerFrame, Math.min(slewMsPerFrame, moveMs));
    return timestampMs + this.#videoShiftMs;
  }

  #write(sample: EncodedSample, isHanded = true): void {
    const containerMs = Math.max(0, this.#timeOf(sample));
    this.#newestMs = Math.max(this.#newestMs, containerMs);
    this.#writer.write(sample, containerMs);
    if (isHanded) {
      this.#hand();
    }
  }

  /** Hands over what was written, from one block on: a chunk is dated by its first block, so a header waits for one. */
  #hand(): void {
    const { bytes, blocks } = this.#blocks.push(this.#writer.take());
    this.#waiting.push(bytes);
    const [first] = blocks;
    if (first !== undefined) {
      this.#handlers.chunk({ bytes: joined(this.#waiting), captureTimeMs: this.#zeroMs + first.timeMs });
      this.#waiting = [];
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped === null) {
      this.#handlers.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

/** The page time of an encoder's first sample, null while it has none or its clock is not known. */
function startOf(held: readonly EncodedSample[], encoder: TrackEncoder): number | null {
  const first = held.find(({ kind }) => kind === encoder.kind);
  const offsetMs = encoder.pageOffsetMs();
  return first === undefined || offsetMs === null ? null : first.timestampMs + offsetMs;
}
