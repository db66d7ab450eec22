const ids = {
  segment: 0x18538067,
  cluster: 0x1f43b675,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  timecode: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
} as const;

/** Elements whose children are of interest; they are stepped into, never skipped. */
const containers: ReadonlySet<number> = new Set<number>([
  ids.segment,
  ids.cluster,
  ids.tracks,
  ids.trackEntry,
  ids.blockGroup,
]);

/** Elements whose value is read; they are a few bytes long. */
const values: ReadonlySet<number> = new Set<number>([ids.trackNumber, ids.trackType, ids.timecode]);

const valueBytesMax = 8;
/** track number (up to 8 bytes), a signed 16-bit time relative to the cluster, flags */
const blockHeaderBytesMax = 8 + 2 + 1;
/** The farthest that a block can lie from the beginning of its cluster, in milliseconds, either way. */
const relativeMsMax = 0x7fff;

export type BlockTime = { kind: 'video' | 'audio' | 'other'; timeMs: number };

export type RetimedPiece = {
  /** what may be sent on: the input up to the last header that is complete, after what the last piece left over */
  bytes: Uint8Array;
  /** the blocks whose header lies in `bytes`, at their time after the shift */
  blocks: BlockTime[];
};

/** Added to the time of each block of a track, in whole milliseconds (the timecode scale of every recorder). */
export type TrackShifts = { videoMs: number; audioMs: number };

/**
 * Reads the block times of a Matroska byte stream as a recorder writes it, in pieces cut anywhere, and moves its tracks in
 * time by rewriting block headers (RFC 9559, sections 5 and 10): recorders lay the sound late beside a picture, see
 * capture-clock.ts.
 */
export class MatroskaRetimer {
  readonly #shifts: TrackShifts;
  #carry: Uint8Array = new Uint8Array();
  /** bytes of element content still to be passed over */
  #skip = 0;
  #clusterTimeMs = 0;
  #trackNumber = 0;
  readonly #kinds = new Map<number, BlockTime['kind']>();

  constructor(shifts: TrackShifts = { videoMs: 0, audioMs: 0 }) {
    this.#shifts = shifts;
  }

  /** Takes the next piece of the stream. The bytes it returns are a copy. */
  push(piece: Uint8Array): RetimedPiece {
    const bytes = new Uint8Array(this.#carry.byteLength + piece.byteLength);
    bytes.set(this.#carry);
    bytes.set(piece, this.#carry.byteLength);
    const blocks: BlockTime[] = [];
    let at = 0;
    while (at < bytes.byteLength) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, bytes.byteLength - at);
        this.#skip -= step;
        at += step;
        continue;
      }
      const next = this.#element(bytes, at, blocks);
      if (next === null) {
        break;
      }
      at = next;
    }
    this.#carry = bytes.slice(at);
    return { bytes: bytes.subarray(0, at), blocks };
  }

  /** What is left over when the recorder has stopped. */
  rest(): Uint8Array {
    const rest = this.#carry;
    this.#carry = new Uint8Array();
    return rest;
  }

  /** Reads the element at `at`: where to read on, or null when its header is not whole yet. */
  #element(bytes: Uint8Array, at: number, blocks: BlockTime[]): number | null {
    const idLength = vintLength(bytes[at]);
    const sizeAt = at + idLength;
    const sizeLength = vintLength(bytes[sizeAt]);
    const contentAt = sizeAt + sizeLength;
    if (idLength === 0 || sizeLength === 0 || contentAt > bytes.byteLength) {
      return null;
    }
    const id = readUint(bytes, at, idLength);
    if (containers.has(id)) {
      return contentAt;
    }
    const size = readVint(bytes, sizeAt, sizeLength);
    if (values.has(id) && size <= valueBytesMax) {
      if (contentAt + size > bytes.byteLength) {
        return null;
      }
      this.#value(id, readUint(bytes, contentAt, size));
      return contentAt + size;
    }
    if (id === ids.simpleBlock || id === ids.block) {
      if (contentAt + Math.min(size, blockHeaderBytesMax) > bytes.byteLength) {
        return null;
      }
      blocks.push(this.#block(bytes, contentAt));
    }
    this.#skip = size;
    return contentAt;
  }

  #value(id: number, value: number): void {
    if (id === ids.timecode) {
      this.#clusterTimeMs = value;
    } else if (id === ids.trackNumber) {
      this.#trackNumber = value;
    } else {
      this.#kinds.set(this.#trackNumber, value === 1 ? 'video' : value === 2 ? 'audio' : 'other');
    }
  }

  #block(bytes: Uint8Array, contentAt: number): BlockTime {
    const trackLength = vintLength(bytes[contentAt]);
    const kind = this.#kinds.get(readVint(bytes, contentAt, trackLength)) ?? 'other';
    const view = new DataView(bytes.buffer, bytes.byteOffset + contentAt + trackLength, 2);
    const relativeMs = view.getInt16(0);
    const shiftMs = kind === 'video' ? this.#shifts.videoMs : kind === 'audio' ? this.#shifts.audioMs : 0;
    // At the end of a cluster as long as one can be, it stays within: past that its time would step back by a minute.
    const movedMs = Math.max(-relativeMsMax, Math.min(relativeMs + shiftMs, relativeMsMax));
    view.setInt16(0, movedMs);
    return { kind, timeMs: this.#clusterTimeMs + movedMs };
  }
}

/** The length of a variable-size integer by its first byte (RFC 8794, section 4); 0 when there is none. */
function vintLength(first: number | undefined): number {
  return first === undefined || first === 0 ? 0 : Math.clz32(first) - 23;
}

/** The value of a variable-size integer: its bytes without the marker of its length. */
function readVint(bytes: Uint8Array, at: number, length: number): number {
  const first = (bytes[at] ?? 0) - (1 << (8 - length));
  return first * 256 ** (length - 1) + readUint(bytes, at + 1, length - 1);
}

function readUint(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = 0; index < length; index += 1) {
    value = value * 256 + (bytes[at + index] ?? 0);
  }
  return value;
}
