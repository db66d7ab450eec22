import type { HeldSegment } from './held-segment';
import type { InitSection, Part, StoredSegment } from './media-types';

/** What can be fetched of one rendition by its file name: init sections, parts, and whole segments in memory or on disk. */
export class NamedMedia {
  readonly #inits = new Map<string, InitSection>();
  readonly #parts = new Map<string, { bytes: Buffer; readonly publishedAtMs: number }>();
  readonly #segments = new Map<string, readonly Buffer[] | StoredSegment>();

  partBytes(uri: string): Buffer | undefined {
    return this.#parts.get(uri)?.bytes;
  }

  hasPart(uri: string): boolean {
    return this.#parts.has(uri);
  }

  /** When a part was published, unix milliseconds. */
  publishedAtMs(uri: string): number | undefined {
    return this.#parts.get(uri)?.publishedAtMs;
  }

  /** The whole segment, one piece after the other, while it is in memory; the same array each time. */
  segmentPieces(uri: string): readonly Buffer[] | undefined {
    const held = this.#segments.get(uri);
    return isInMemory(held) ? held : undefined;
  }

  /** Where the segment lies, once it has left the memory for the disk. */
  storedSegment(uri: string): StoredSegment | undefined {
    const held = this.#segments.get(uri);
    return isInMemory(held) ? undefined : held;
  }

  initBytes(uri: string): Buffer | undefined {
    return this.#inits.get(uri)?.bytes;
  }

  addInit(init: InitSection): void {
    this.#inits.set(init.uri, init);
  }

  addPart({ uri, bytes }: Part, publishedAtMs: number): void {
    this.#parts.set(uri, { bytes, publishedAtMs });
  }

  /** A closed segment, under its own name. Its parts may lie elsewhere than while it was open, and the old bytes are let go of. */
  addSegment({ segment, pieces }: HeldSegment): void {
    for (const { uri, bytes } of segment.parts) {
      const published = this.#parts.get(uri);
      if (published !== undefined) {
        published.bytes = bytes;
      }
    }
    if (pieces !== undefined) {
      this.#segments.set(segment.uri, pieces);
    }
  }

  /** Only the disk has the segment from now on; its parts have no names any more. */
  leaveToDisk(held: HeldSegment, stored: StoredSegment): void {
    this.#segments.set(held.segment.uri, stored);
    this.#forgetParts(held);
  }

  /** @param needed the segments that can be fetched on: their init sections stay */
  forget(forgotten: readonly HeldSegment[], needed: readonly HeldSegment[]): void {
    const neededInits = new Set(needed.map(initUri));
    for (const held of forgotten) {
      this.#segments.delete(held.segment.uri);
      this.#forgetParts(held);
      if (!neededInits.has(initUri(held))) {
        this.#inits.delete(initUri(held));
      }
    }
  }

  #forgetParts(held: HeldSegment): void {
    for (const part of held.segment.parts) {
      this.#parts.delete(part.uri);
    }
  }
}

function isInMemory(held: readonly Buffer[] | StoredSegment | undefined): held is readonly Buffer[] {
  return Array.isArray(held);
}

function initUri(held: HeldSegment): string {
  return held.segment.init.uri;
}
