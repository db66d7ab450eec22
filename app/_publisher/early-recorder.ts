import type { StampedChunk } from './chunk-stamper';
import type { Recorder, RecorderHandlers, StartRecorder } from './live-session';
import { pageNowMs } from './page-clock';

/** What has waited longer for its session is not sent: the broadcast would begin behind. */
const waitMsMax = 1500;

/**
 * Records from the click on "Go live", while the stream is still being made: a recorder takes half a second to its first chunk.
 * The first session takes over what there is by then; later ones begin a recorder of their own.
 */
export class EarlyRecorder {
  readonly #startRecorder: StartRecorder;
  readonly #stream: MediaStream;
  readonly #startedAtMs: number;
  readonly #recorder: Promise<Recorder>;
  readonly #nowMs: () => number;
  #isTaken = false;
  #handlers: RecorderHandlers;

  constructor(stream: MediaStream, startRecorder: StartRecorder, nowMs: () => number = pageNowMs) {
    this.#stream = stream;
    this.#startRecorder = startRecorder;
    this.#nowMs = nowMs;
    this.#startedAtMs = nowMs();
    this.#handlers = this.#waiting;
    this.#recorder = startRecorder(stream, {
      chunk: (chunk) => this.#handlers.chunk(chunk),
      failed: (error) => this.#handlers.failed(error),
    });
    // Whoever takes it over hears of it.
    this.#recorder.catch(() => undefined);
  }

  readonly start: StartRecorder = async (stream, handlers) => {
    if (this.#isTaken || !this.#isFresh(stream)) {
      this.leave();
      return await this.#startRecorder(stream, handlers);
    }
    this.#isTaken = true;
    const { chunks, failure } = this.#early;
    for (const chunk of chunks.splice(0)) {
      handlers.chunk(chunk);
    }
    this.#handlers = handlers;
    if (failure !== null) {
      handlers.failed(failure);
    }
    return await this.#recorder;
  };

  /** Stops it, if no session has taken it over. */
  leave(): void {
    if (!this.#isTaken) {
      this.#isTaken = true;
      this.#handlers = { chunk: () => undefined, failed: () => undefined };
      this.#early.chunks.length = 0;
      this.#recorder.then((recorder) => recorder.stop()).catch(() => undefined);
    }
  }

  readonly #early: { chunks: StampedChunk[]; failure: Error | null } = { chunks: [], failure: null };

  get #waiting(): RecorderHandlers {
    return {
      chunk: (chunk) => void this.#early.chunks.push(chunk),
      failed: (error) => {
        this.#early.failure = error;
      },
    };
  }

  /** It records what is asked for, and has not done so for long. */
  #isFresh(stream: MediaStream): boolean {
    const idsOf = (one: MediaStream) => one.getTracks().map(({ id }) => id);
    const ids = new Set(idsOf(this.#stream));
    const isSame = idsOf(stream).length === ids.size && idsOf(stream).every((id) => ids.has(id));
    return isSame && this.#nowMs() - this.#startedAtMs <= waitMsMax;
  }
}
