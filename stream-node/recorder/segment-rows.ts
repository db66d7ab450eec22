import type { RenditionId } from '../contract/ladder';
import type { ClosedSegment } from '../packager/media-types';

/** Rows that wait at most for one that lacks a rendition, some 8 s: a track that is declared and never heard holds up no take. */
const waitingMax = 4;

/**
 * Closed segments, gathered into rows: all of one media sequence. A take that is written by rows is of all its renditions up to
 * one moment, whenever its writer is killed.
 */
export class SegmentRows {
  /** by media sequence, the oldest first */
  readonly #waiting = new Map<number, ClosedSegment[]>();
  #givenOut = -1;

  constructor(private readonly renditionIds: readonly RenditionId[]) {}

  /** @returns what is due now, in the order in which it is to be written */
  add(closed: ClosedSegment): ClosedSegment[] {
    const { mediaSequence } = closed.segment;
    if (mediaSequence <= this.#givenOut) {
      return [closed]; // its row did not wait any longer
    }
    this.#waiting.set(mediaSequence, [...(this.#waiting.get(mediaSequence) ?? []), closed]);
    const due: ClosedSegment[] = [];
    for (const [oldest, row] of this.#waiting) {
      const isWhole = this.renditionIds.every((id) => row.some(({ rendition }) => rendition.id === id));
      if (!isWhole && this.#waiting.size <= waitingMax) {
        break;
      }
      due.push(...row);
      this.#waiting.delete(oldest);
      this.#givenOut = oldest;
    }
    return due;
  }

  /** All that waits; nothing comes after it. */
  rest(): ClosedSegment[] {
    const rest = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return rest;
  }
}
