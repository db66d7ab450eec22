import { ChunkRecorder } from './chunk-recorder';
import type { Recorder, RecorderHandlers, StartRecorder } from './live-session';
import { NothingRecorded } from './nothing-recorded';
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
/** A recorder that gives nothing for so long gives nothing at all: counted in looks, for a page that stands still cannot look. */
const silentLooksMax = 10;
const lookEveryMs = 500;

/**
 * Which recorder a broadcast uses: the quickest that works. One that fails twice within a minute, or that gives nothing at all,
 * is not asked again, and when the last one does, the broadcast cannot go on.
 */
export class RecorderChoice {
  readonly #kinds: readonly RecorderKind[];
  readonly #nowMs: () => number;
  /** when each kind failed */
  readonly #failures = new Map<RecorderKind, number[]>();
  /** that gave nothing, of a picture with sound or of sound alone */
  readonly #silent = { picture: new Set<RecorderKind>(), sound: new Set<RecorderKind>() };

  /** @param kinds the quickest first */
  constructor(kinds: readonly RecorderKind[], nowMs: () => number = pageNowMs) {
    this.#kinds = kinds;
    this.#nowMs = nowMs;
  }

  /** Throws where this browser records nothing that a node reads, or nothing that goes on. */
  readonly start: StartRecorder = async (stream, handlers) => {
    const wanted = wantedOf(stream);
    let fault: unknown = this.#kinds.some((kind) => this.#silent[wanted].has(kind))
      ? new NothingRecorded(wanted)
      : new Error('The browser stopped recording again and again.');
    for (const kind of this.#kinds) {
      if (this.#silent[wanted].has(kind) || this.#isGivenUp(kind) || !(await kind.isAble(stream))) {
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
    let looks = 0;
    let silence: ReturnType<typeof setInterval> | undefined;
    let isOver = false;
    const fail = (error: Error) => {
      clearInterval(silence);
      if (isOver) {
        return;
      }
      isOver = true;
      if (!(error instanceof PictureChanged)) {
        this.#failed(kind);
      }
      handlers.failed(error);
    };
    const wanted = wantedOf(stream);
    silence = setInterval(() => {
      looks += 1;
      if (looks >= silentLooksMax) {
        this.#silent[wanted].add(kind);
        fail(new NothingRecorded(wanted));
      }
    }, lookEveryMs);
    const recorder = await kind
      .start(stream, {
        chunk: (chunk) => {
          clearInterval(silence);
          handlers.chunk(chunk);
        },
        failed: fail,
      })
      .catch((error: unknown) => {
        clearInterval(silence);
        throw error;
      });
    return {
      mime: recorder.mime,
      container: recorder.container,
      lagMs: () => recorder.lagMs(),
      stop: async () => {
        clearInterval(silence);
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

function wantedOf(stream: MediaStream): 'picture' | 'sound' {
  return stream.getVideoTracks().length > 0 ? 'picture' : 'sound';
}

/** The browser's own encoders, else its MediaRecorder: where it has none that work, or they fail. */
export function browserRecorders(): RecorderChoice {
  return new RecorderChoice([
    { start: WebCodecsRecorder.start, isAble: canRecordByWebCodecs },
    { start: ChunkRecorder.start, isAble: async () => true },
  ]);
}
