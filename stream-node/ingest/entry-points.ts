import type { JournalPlace } from './journal';
import type { ReadingStart } from './source-reading';

/** A place in the media bytes from which a decoder that knows the container's head can begin. */
export type EntryPoint = {
  /** container time of the keyframe, in milliseconds */
  readonly timeMs: number;
  /** how many media bytes lie before it */
  readonly byteOffset: number;
};

/** Media this long before the wanted time is read as well: sound needs some before it is true, and tracks lie unevenly. */
export const prerollMs = 1000;
/** Chunks that are remembered while no entry point comes: some minutes of them. Older ones are in no cluster still open. */
const recentMax = 4096;

/**
 * Where in a journal reading can begin again. Kept in memory as chunks pass, and rebuilt when a journal is recovered: one
 * entry per keyframe.
 */
export class EntryPoints {
  private starts: { timeMs: number; place: JournalPlace; skipBytes: number }[] = [];
  /** chunks in which the next entry point may begin, oldest first */
  private recent: { byteOffset: number; place: JournalPlace }[] = [];
  private endByteOffset = 0;

  /**
   * A chunk was journaled.
   *
   * @param found entry points that became known with it, each in this chunk or one before
   */
  add(chunk: { place: JournalPlace; byteLength: number }, found: readonly EntryPoint[]): void {
    this.recent.push({ byteOffset: this.endByteOffset, place: chunk.place });
    if (this.recent.length > recentMax) {
      this.recent.shift();
    }
    this.endByteOffset += chunk.byteLength;
    for (const { timeMs, byteOffset } of found) {
      const holder = this.recent.findLastIndex((candidate) => candidate.byteOffset <= byteOffset);
      const chunkOfEntry = this.recent[holder];
      if (chunkOfEntry !== undefined) {
        const skipBytes = byteOffset - chunkOfEntry.byteOffset;
        this.starts.push({ timeMs, place: chunkOfEntry.place, skipBytes });
        this.recent = this.recent.slice(holder);
      }
    }
  }

  /**
   * The journal was cut: of what lies before this file only the head is held.
   *
   * @param byteOffset of the next chunk, where the chunks between are not known
   */
  cut(file: number, byteOffset?: number): void {
    this.starts = this.starts.filter(({ place }) => place.file >= file);
    if (byteOffset !== undefined) {
      this.recent = [];
      this.endByteOffset = byteOffset;
    }
  }

  /** How many media bytes the chunks so far have. */
  get byteCount(): number {
    return this.endByteOffset;
  }

  /** Container time of the first one that is held, in milliseconds. */
  get firstMs(): number | null {
    return this.starts[0]?.timeMs ?? null;
  }

  /** The last place from which all media from `timeMs` on can be decoded; `null`: only from the beginning. */
  before(timeMs: number, headBytes: number): ReadingStart | null {
    const start = this.starts.findLast((candidate) => candidate.timeMs <= timeMs - prerollMs);
    return start === undefined ? null : { headBytes, place: start.place, skipBytes: start.skipBytes };
  }
}
