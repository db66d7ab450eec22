import { pageNowMs } from '../page-clock';
import { CaptureStamp } from './capture-stamp';
import type { EncodedSample, TrackEncoder } from './encoded-sample';
import { framesPerSecondMax, type PictureCodec, pictureConfig } from './picture-codec';
import type { PictureFrames } from './track-pieces';

/** The node makes its own keyframes; these only say where it can begin after a restart. */
const keyframeEveryMs = 1000;
/** More frames than this in the encoder, and it cannot keep up: a frame left out now is better than a second of delay. */
const queueMax = 3;
/**
 * A screen that stands still and a camera that is covered give no frames. Then the last one is given again, for a track that
 * is silent holds up the other one, here and at everyone who watches.
 */
const repeatAfterMs = 250;
/** A page that has just gone live is busy, and its first frames come late: so many are waited for, to find one in time. */
const arrivalsWanted = 12;
export type PictureEncoderHandlers = {
  sample: (sample: EncodedSample) => void;
  /** the picture changed its size, as a phone does that is turned: this encoder keeps the old one */
  resized: () => void;
};

/** Encodes a picture track frame by frame, with the instant at which each was captured. */
export class PictureEncoder implements TrackEncoder {
  readonly kind = 'video';
  readonly #frames: ReadableStreamDefaultReader<VideoFrame>;
  readonly #encoder: VideoEncoder;
  readonly #handlers: PictureEncoderHandlers;
  readonly #codec: PictureCodec;
  readonly #isOnPageClock: boolean;
  /** of the first frame: what a track says of itself need not be true (WebKitGTK), or said at all (Firefox) */
  #size: { width: number; height: number } | null = null;
  readonly #stamp = new CaptureStamp();
  readonly #failed: Promise<never>;
  #last: { frame: VideoFrame; encodedAtMs: number } | null = null;
  #repeatTimer: ReturnType<typeof setInterval> | undefined;
  #nextKeyMs = Number.NEGATIVE_INFINITY;
  #newestMs = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  constructor({ frames, isOnPageClock }: PictureFrames, codec: PictureCodec, handlers: PictureEncoderHandlers) {
    this.#handlers = handlers;
    this.#codec = codec;
    this.#isOnPageClock = isOnPageClock;
    this.#frames = frames.getReader();
    let fail: (error: Error) => void = () => {};
    this.#failed = new Promise((_resolve, reject) => {
      fail = reject;
    });
    this.#failed.catch(() => {});
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => this.#give(chunk, metadata),
      error: (error) => fail(error),
    });
  }

  async run(): Promise<void> {
    this.#repeatTimer = setInterval(() => this.#repeat(), repeatAfterMs / 2);
    for (;;) {
      const { value: frame, done } = await Promise.race([this.#frames.read(), this.#failed]);
      if (done || this.#isStopped) {
        frame?.close();
        return;
      }
      this.#take(frame);
    }
  }

  async stop(): Promise<void> {
    if (this.#isStopped) {
      return;
    }
    this.#isStopped = true;
    clearInterval(this.#repeatTimer);
    await this.#frames.cancel().catch(() => undefined);
    if (this.#encoder.state === 'configured') {
      await this.#encoder.flush().catch(() => undefined);
      this.#encoder.close();
    }
    this.#last?.frame.close();
    this.#last = null;
  }

  pageOffsetMs(): number | null {
    return this.#stamp.count < arrivalsWanted ? null : this.#stamp.offsetMs;
  }

  #take(frame: VideoFrame): void {
    const timestampMs = frame.timestamp / 1000;
    this.#stamp.arrived(timestampMs, this.#isOnPageClock ? performance.timeOrigin + timestampMs : pageNowMs());
    const size = { width: frame.displayWidth, height: frame.displayHeight };
    if (this.#size === null) {
      this.#size = size;
      this.#encoder.configure(pictureConfig(this.#codec, size));
    }
    if (size.width !== this.#size.width || size.height !== this.#size.height) {
      frame.close();
      this.#handlers.resized();
      return;
    }
    this.#encode(frame, timestampMs);
    this.#last?.frame.close();
    this.#last = { frame, encodedAtMs: pageNowMs() };
  }

  #repeat(): void {
    const last = this.#last;
    const nowMs = pageNowMs();
    if (last === null || this.#isStopped || nowMs - last.encodedAtMs < repeatAfterMs) {
      return;
    }
    const timestampMs = this.#newestMs + (nowMs - last.encodedAtMs);
    const again = new VideoFrame(last.frame, { timestamp: Math.round(timestampMs * 1000) });
    this.#encode(again, timestampMs);
    again.close();
    last.encodedAtMs = nowMs;
  }

  #encode(frame: VideoFrame, timestampMs: number): void {
    // A frame that comes after its repetition was sent is older than what is there already.
    if (
      this.#encoder.state !== 'configured' ||
      this.#encoder.encodeQueueSize > queueMax ||
      timestampMs <= this.#newestMs
    ) {
      return;
    }
    this.#newestMs = timestampMs;
    const keyFrame = timestampMs >= this.#nextKeyMs;
    if (keyFrame) {
      this.#nextKeyMs = timestampMs + keyframeEveryMs;
    }
    this.#encoder.encode(frame, { keyFrame });
  }

  #give(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    this.#handlers.sample({
      kind: 'video',
      bytes,
      isKey: chunk.type === 'key',
      timestampMs: chunk.timestamp / 1000,
      durationMs: 1000 / framesPerSecondMax,
      ...(metadata?.decoderConfig && { decoderConfig: metadata.decoderConfig }),
    });
  }
}
