import type { RecorderContainer } from '../../stream-node/contract/ingest-protocol';
import { ArrivalStamper } from './arrival-stamper';
import { ChunkStamper, type StampedChunk } from './chunk-stamper';
import { FrameWatch } from './frame-watch';
import { pageNowMs } from './page-clock';
import { chooseRecorderMime, containerOf, pictureBitrate, soundBitrate } from './recorder-formats';

/**
 * Opus packets last 60 ms. A slice as long as that misses each packet that comes a moment early, and hands it over with the
 * next one: chunks then came up to 121 ms apart, with this slice 70 ms (p95), and the sound reached its part 30 ms sooner.
 */
const sliceMs = 20;
/** The node makes its own keyframes; these only say where it can begin after a restart. */
const keyframeEveryMs = 1000;

export type ChunkRecorderHandlers = {
  chunk: (chunk: StampedChunk) => void;
  /** the browser gave the recording up */
  failed: (error: Error) => void;
};

/** Records one stream until `stop()`: one unbroken recorder session. */
export class ChunkRecorder {
  readonly mime: string;
  readonly container: RecorderContainer;
  readonly #recorder: MediaRecorder;
  readonly #stamper: ChunkStamper | ArrivalStamper;
  readonly #watch: FrameWatch | null;
  readonly #handlers: ChunkRecorderHandlers;
  #reading: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | null = null;

  private constructor(stream: MediaStream, mime: string, watch: FrameWatch | null, handlers: ChunkRecorderHandlers) {
    const { width = 0, height = 0 } = stream.getVideoTracks()[0]?.getSettings() ?? {};
    this.#watch = watch;
    this.#handlers = handlers;
    this.#recorder = new MediaRecorder(stream, {
      mimeType: mime,
      audioBitsPerSecond: soundBitrate,
      videoBitsPerSecond: pictureBitrate(width, height),
      ...{ videoKeyFrameIntervalDuration: keyframeEveryMs },
    });
    this.#recorder.addEventListener('dataavailable', ({ data }) => this.#take(data));
    this.#recorder.addEventListener('error', () => handlers.failed(new Error('The browser stopped recording.')));
    const startCalledAtMs = pageNowMs();
    this.#recorder.start(sliceMs);
    // The recorder names what it really writes only once it was started.
    this.mime = this.#recorder.mimeType || mime;
    this.container = containerOf(this.mime);
    this.#stamper =
      this.container === 'matroska'
        ? new ChunkStamper({ startCalledAtMs, hasVideo: watch !== null, frameTimesMs: () => watch?.timesMs ?? [] })
        : new ArrivalStamper(startCalledAtMs);
  }

  /** Starts recording; throws where this browser records nothing that a node reads. */
  static async start(stream: MediaStream, handlers: ChunkRecorderHandlers): Promise<ChunkRecorder> {
    const picture = stream.getVideoTracks()[0];
    const mime = chooseRecorderMime(picture === undefined ? 'audio' : 'video');
    if (mime === null) {
      throw new Error('This browser cannot record sound or video. Try Chrome, Edge, Firefox or Safari.');
    }
    const watch = picture === undefined ? null : new FrameWatch(picture);
    await watch?.start();
    return new ChunkRecorder(stream, mime, watch, handlers);
  }

  /** How far the recorder's newest media is behind the clock, in milliseconds; null when that cannot be told. */
  lagMs(): number | null {
    return this.#stamper.lagMs(pageNowMs());
  }

  /** Stops; settles when the last chunk was handed over. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    if (this.#recorder.state !== 'inactive') {
      const stopped = new Promise((resolve) => this.#recorder.addEventListener('stop', resolve, { once: true }));
      this.#recorder.stop();
      await stopped;
    }
    await this.#reading;
    const last = this.#stamper.end();
    if (last !== null) {
      this.#handlers.chunk(last);
    }
    this.#watch?.close();
  }

  /** Blobs are read one after the other: their order is the order of the media. */
  #take(data: Blob): void {
    const arrivedAtMs = pageNowMs();
    const buffer = data.arrayBuffer();
    this.#reading = this.#reading.then(async () => {
      const chunk = this.#stamper.push(new Uint8Array(await buffer), arrivedAtMs);
      if (chunk !== null) {
        this.#handlers.chunk(chunk);
      }
    });
    this.#reading.catch((error: unknown) => this.#handlers.failed(error instanceof Error ? error : new Error('read')));
  }
}
