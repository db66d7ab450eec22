import type { ReadingStart } from './source-reading';

/** A place in the media bytes from which a decoder that knows the container's head can begin. */
export type EntryPoint = {
  /** container time of the keyframe, in milliseconds */
  readonly timeMs: number;
  /** how many media bytes lie before it */
  readonly byteOffset: number;
};

/** Media this long before the wanted time is read as well: sound needs some before it is true, and tracks lie unevenly. */
const prerollMs = 1000;
/** Chunks that are remembered while no entry point comes: some minutes of them. Older ones are in no cluster still open. */
const recentMax = 4096;

/**
 * Where in a journal reading can begin again. Kept in memory as chunks pass, and rebuilt when a journal is recovered: one
 * entry per keyframe.
 */
export class EntryPoints {
  private readonly starts: { timeMs: number; journalOffset: number; skipBytes: number }[] = [];
  /** chunks in which the next entry point may begin, oldest first */
  private recent: { byteOffset: number; journalOffset: number }[] = [];
  private endByteOffset = 0;

  /**
   * A chunk was journaled.
   *
   * @param found entry points that became known with it, each in this chunk or one before
   */
  add(chunk: { journalOffset: number; byteLength: number }, found: readonly EntryPoint[]): void {
    this.recent.push({ byteOffset: this.endByteOffset, journalOffset: chunk.journalOffset });
    if (this.recent.length > recentMax) {
      this.recent.shift();
    }
    this.endByteOffset += chunk.byteLength;
    for (const { timeMs, byteOffset } of found) {
      const holder = this.recent.findLastIndex((candidate) => candidate.byteOffset <= byteOffset);
      const chunkOfEntry = this.recent[holder];
      if (chunkOfEntry !== undefined) {
        const skipBytes = byteOffset - chunkOfEntry.byteOffset;
        this.starts.push({ timeMs, journalOffset: chunkOfEntry.journalOffset, skipBytes });
        this.recent = this.recent.slice(holder);
      }
    }
  }

  /** The last place from which all media from `timeMs` on can be decoded; `null`: only from the beginning. */
  before(timeMs: number, headBytes: number): ReadingStart | null {
    const start = this.starts.findLast((candidate) => candidate.timeMs <= timeMs - prerollMs);
    return start === undefined ? null : { headBytes, journalOffset: start.journalOffset, skipBytes: start.skipBytes };
  }
}
