import { ChunkRecorder } from './chunk-recorder';
import type { Recorder, RecorderHandlers, StartRecorder } from './live-session';
import { pageNowMs } from './page-clock';
import { PictureChanged } from './picture-changed';
import { canRecordByWebCodecs, WebCodecsRecorder } from './webcodecs/webcodecs-recorder';

export type RecorderKind = {
  readonly start: StartRecorder;
  /** whether this browser has it, for what is captured now */
  readonly isAble: (stream: MediaStream) => Promise<boolean>;
};

/** One failure can be the moment's, as when a laptop wakes up; two within this time are the browser's, in milliseconds. */
const failuresApartMsMax = 60_000;
/** A recorder that gives nothing for so long gives nothing at all. */
const firstChunkMsMax = 5000;

/**
 * Which recorder a broadcast uses: the quickest that works. One that fails twice within a minute is not asked again, and when
 * the last one does, the broadcast cannot go on.
 */
export class RecorderChoice {
  readonly #kinds: readonly RecorderKind[];
  readonly #nowMs: () => number;
  /** when each kind failed */
  readonly #failures = new Map<RecorderKind, number[]>();

  /** @param kinds the quickest first */
  constructor(kinds: readonly RecorderKind[], nowMs: () => number = pageNowMs) {
    this.#kinds = kinds;
    this.#nowMs = nowMs;
  }

  /** Throws where this browser records nothing that a node reads, or nothing that goes on. */
  readonly start: StartRecorder = async (stream, handlers) => {
    let fault: unknown = new Error('The browser stopped recording again and again.');
    for (const kind of this.#kinds) {
      if (this.#isGivenUp(kind) || !(await kind.isAble(stream))) {
        continue;
      }
      try {
        return await this.#watched(kind, stream, handlers);
      } catch (error) {
        this.#failed(kind);
        fault = error;
      }
    }
    throw fault;
  };

  async #watched(kind: RecorderKind, stream: MediaStream, handlers: RecorderHandlers): Promise<Recorder> {
    let silence: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const fail = (error: Error) => {
      clearTimeout(silence);
      if (isOver) {
        return;
      }
      isOver = true;
      if (!(error instanceof PictureChanged)) {
        this.#failed(kind);
      }
      handlers.failed(error);
    };
    silence = setTimeout(() => fail(new Error('The browser recorded nothing.')), firstChunkMsMax);
    const recorder = await kind
      .start(stream, {
        chunk: (chunk) => {
          clearTimeout(silence);
          handlers.chunk(chunk);
        },
        failed: fail,
      })
      .catch((error: unknown) => {
        clearTimeout(silence);
        throw error;
      });
    return {
      mime: recorder.mime,
      container: recorder.container,
      lagMs: () => recorder.lagMs(),
      stop: async () => {
        clearTimeout(silence);
        isOver = true;
        await recorder.stop();
      },
    };
  }

  #failed(kind: RecorderKind): void {
    this.#failures.set(kind, [...(this.#failures.get(kind) ?? []), this.#nowMs()]);
  }

  #isGivenUp(kind: RecorderKind): boolean {
    const failures = this.#failures.get(kind) ?? [];
    return failures.some((atMs, index) => index > 0 && atMs - (failures[index - 1] ?? 0) < failuresApartMsMax);
  }
}

/** The browser's own encoders (Chrome, Edge), else its MediaRecorder (Firefox, Safari, and whichever fails at the first). */
export function browserRecorders(): RecorderChoice {
  return new RecorderChoice([
    { start: WebCodecsRecorder.start, isAble: canRecordByWebCodecs },
    { start: ChunkRecorder.start, isAble: async () => true },
  ]);
}
