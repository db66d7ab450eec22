import type { Part, Segment } from '../packager/media-types';

/** Where the newest published media lies on the event clock, and how long it took to get there. */
export class LiveEdge {
  #eventTimeMs: number | null = null;
  #publishLatencyMs: number | null = null;

  /**
   * @param segment the segment that the part belongs to, with the part in it
   * @returns whether the live edge moved
   */
  published(part: Part, segment: Segment | undefined, nowMs: number): boolean {
    if (segment === undefined || segment.mediaSequence !== part.mediaSequence) {
      return false;
    }
    const edgeMs = segment.programDateTimeMs + segment.durationSeconds * 1000;
    if (this.#eventTimeMs !== null && edgeMs <= this.#eventTimeMs) {
      return false;
    }
    this.#eventTimeMs = edgeMs;
    this.#publishLatencyMs = nowMs - edgeMs;
    return true;
  }

  /** the end of the newest part, unix milliseconds */
  get eventTimeMs(): number | null {
    return this.#eventTimeMs;
  }

  /** from the capture of the newest sample to its publication, in milliseconds */
  get publishLatencyMs(): number | null {
    return this.#publishLatencyMs;
  }
}
