import { captureTiming, frameOriginMs } from './capture-clock';
import { joined } from './joined-bytes';
import { type BlockTime, MatroskaRetimer } from './matroska-retimer';

export type StampedChunk = { bytes: Uint8Array; captureTimeMs: number };

export type ChunkStamperOptions = {
  startCalledAtMs: number;
  hasVideo: boolean;
  /** capture times of the frames seen so far, page clock */
  frameTimesMs: () => readonly number[];
};

/** frames of the picture that are waited for, to find the first one among those seen */
const framesWanted = 3;
/** a recording that has no sound, or no picture, after so long is sent as it is */
const patienceMs = 600;

/**
 * Turns what a Matroska recorder writes into chunks with their capture times. The first pieces are held until both tracks
 * have begun, because only then it is known when the recording began (capture-clock.ts); that takes about 120 ms.
 */
export class ChunkStamper {
  readonly #options: ChunkStamperOptions;
  #held: { pieces: Uint8Array[]; blocks: BlockTime[]; reader: MatroskaRetimer } | null = {
    pieces: [],
    blocks: [],
    reader: new MatroskaRetimer(),
  };
  #retimer = new MatroskaRetimer();
  #originMs: number;
  #newestMs = 0;

  constructor(options: ChunkStamperOptions) {
    this.#options = options;
    this.#originMs = options.startCalledAtMs;
  }

  /** The chunk to send, or null while the beginning is held, or when the piece ends inside a header. */
  push(piece: Uint8Array, nowMs: number): StampedChunk | null {
    if (this.#held === null) {
      return this.#stamp(piece);
    }
    this.#held.pieces.push(piece);
    this.#held.blocks.push(...this.#held.reader.push(piece).blocks);
    return this.#isBegun(this.#held.blocks, nowMs) ? this.#release() : null;
  }

  /** What is left when the recorder has stopped. */
  end(): StampedChunk | null {
    const last = this.#held === null ? null : this.#release();
    const rest = this.#retimer.rest();
    if (rest.byteLength === 0) {
      return last;
    }
    return {
      bytes: last === null ? rest : joined([last.bytes, rest]),
      captureTimeMs: last?.captureTimeMs ?? this.#originMs + this.#newestMs,
    };
  }

  /** How far the newest media is behind the clock: grows when the recorder's encoder cannot keep up. */
  lagMs(nowMs: number): number | null {
    return this.#held === null ? nowMs - (this.#originMs + this.#newestMs) : null;
  }

  #isBegun(blocks: readonly BlockTime[], nowMs: number): boolean {
    const frames = blocks.filter((block) => block.kind === 'video').length;
    const hasSound = blocks.some((block) => block.kind === 'audio');
    const isWhole = hasSound && (!this.#options.hasVideo || frames >= framesWanted);
    return isWhole || nowMs - this.#options.startCalledAtMs > patienceMs;
  }

  #release(): StampedChunk | null {
    const held = this.#held;
    this.#held = null;
    const { startCalledAtMs, frameTimesMs } = this.#options;
    const timesOf = (kind: string) => held?.blocks.filter((block) => block.kind === kind).map((block) => block.timeMs);
    const frames = timesOf('video') ?? [];
    const videoOriginMs = frames.length === 0 ? null : frameOriginMs(startCalledAtMs, frameTimesMs(), frames);
    const timing = captureTiming(startCalledAtMs, videoOriginMs, timesOf('audio')?.[0] ?? null);
    this.#originMs = timing.originMs;
    this.#retimer = new MatroskaRetimer({ videoMs: timing.videoShiftMs, audioMs: timing.audioShiftMs });
    return this.#stamp(joined(held?.pieces ?? []));
  }

  #stamp(piece: Uint8Array): StampedChunk | null {
    const { bytes, blocks } = this.#retimer.push(piece);
    const firstMs = blocks[0]?.timeMs ?? this.#newestMs;
    this.#newestMs = blocks.reduce((newest, block) => Math.max(newest, block.timeMs), this.#newestMs);
    return bytes.byteLength === 0 ? null : { bytes, captureTimeMs: this.#originMs + firstMs };
  }
}
