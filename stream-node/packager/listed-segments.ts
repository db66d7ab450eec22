import { type CutPlan, targetDurationOf } from '../contract/profiles';
import { closed, type HeldSegment, onDisk, withPart } from './held-segment';
import type { Part, Segment, StoredSegment } from './media-types';

/** A live playlist never holds less than three target durations (RFC 8216bis 6.2.2); as long are parts listed and kept. */
const floorSecondsOf = (cut: CutPlan) => 3 * targetDurationOf(cut);

/** Parts stay fetchable for three target durations after they left the playlist (RFC 8216bis 6.2.2): so long in memory. */
const keptSecondsOf = (cut: CutPlan) => 2 * floorSecondsOf(cut) + targetDurationOf(cut);

export type ListLimits = {
  cut: CutPlan;
  /** how far back a viewer may seek, in seconds; never less than three target durations are kept */
  windowSeconds: number;
  /** what is stored on disk leaves the memory at this age, in seconds; what is not stays */
  memorySeconds: number;
  /** listed media in memory is kept below this, unless that would leave less than three target durations */
  bytesMax: number;
};

/** The segments that a live playlist lists, oldest first, and the decision which of them are listed and kept in memory on. */
export class ListedSegments {
  /** the least that stays listed, in seconds */
  readonly floorSeconds: number;
  readonly #keptSeconds: number;
  readonly #limits: ListLimits;
  #all: HeldSegment[] = [];
  /** how many of the oldest have no bytes in memory any more */
  #onDiskCount = 0;
  /** of those that are closed */
  #closedSeconds = 0;
  /** of those whose bytes are in memory */
  #memorySeconds = 0;
  #byteCount = 0;

  constructor(limits: ListLimits) {
    this.#limits = limits;
    this.floorSeconds = floorSecondsOf(limits.cut);
    this.#keptSeconds = keptSecondsOf(limits.cut);
  }

  get all(): readonly HeldSegment[] {
    return this.#all;
  }

  get last(): HeldSegment | undefined {
    return this.#all.at(-1);
  }

  /** An open segment without parts yet, or a gap. */
  add(held: HeldSegment): void {
    this.#all.push(held);
    this.#closedSeconds += held.segment.durationSeconds;
    this.#memorySeconds += held.segment.durationSeconds;
  }

  /** Adds a part to the open segment. */
  append(part: Part): void {
    this.#replaceLast((held) => withPart(held, part));
    this.#byteCount += part.bytes.byteLength;
  }

  /** Closes the open segment. */
  close(): HeldSegment {
    const held = this.#replaceLast(closed);
    this.#closedSeconds += held.segment.durationSeconds;
    this.#memorySeconds += held.segment.durationSeconds;
    return held;
  }

  /** The segment is safely on disk. `false` for one that is not listed, or has left the memory. */
  stored(mediaSequence: number, at: StoredSegment): boolean {
    const index = mediaSequence - (this.#all[0]?.segment.mediaSequence ?? 0);
    const held = this.#all[index];
    if (held?.segment.mediaSequence !== mediaSequence || held.pieces === undefined) {
      return false;
    }
    this.#all[index] = { ...held, stored: at };
    return true;
  }

  /** Lists only near the live edge what parts there are: three target durations (RFC 8216bis 6.2.2, SHOULD). */
  withRecentParts(): Segment[] {
    let recent = this.#all.length;
    for (let laterSeconds = 0; recent > 0 && laterSeconds < this.floorSeconds; ) {
      recent -= 1;
      laterSeconds += this.#all[recent]?.segment.durationSeconds ?? 0;
    }
    return this.#all.map((held, index) => (index < recent ? (held.withoutParts ?? held.segment) : held.segment));
  }

  /**
   * Lets go of the bytes that the disk has, oldest first, as far as they are too old or too many.
   *
   * @returns the segments that lie only on disk from now on, as they were
   */
  leaveToDisk(): { held: HeldSegment; stored: StoredSegment }[] {
    const left: { held: HeldSegment; stored: StoredSegment }[] = [];
    for (let held = this.#all[this.#onDiskCount]; held !== undefined; held = this.#all[this.#onDiskCount]) {
      const { stored } = held;
      const secondsLeft = this.#memorySeconds - held.segment.durationSeconds;
      const isWanted = secondsLeft < this.#limits.memorySeconds && this.#byteCount <= this.#limits.bytesMax;
      if (isWanted || secondsLeft < this.#keptSeconds || (stored === undefined && !held.segment.gap)) {
        break;
      }
      if (stored !== undefined) {
        this.#all[this.#onDiskCount] = onDisk(held, stored);
        this.#byteCount -= held.byteCount;
        left.push({ held, stored });
      }
      this.#memorySeconds = secondsLeft;
      this.#onDiskCount += 1;
    }
    return left;
  }

  /** Takes off the list what is older than the window, or too much for it. @returns what was taken, oldest first */
  takeOldest(): HeldSegment[] {
    const taken: HeldSegment[] = [];
    const windowSeconds = Math.max(this.floorSeconds, this.#limits.windowSeconds);
    for (let [oldest] = this.#all; oldest !== undefined; [oldest] = this.#all) {
      const { durationSeconds } = oldest.segment;
      const secondsLeft = this.#closedSeconds - durationSeconds;
      const isTooMuch = secondsLeft >= windowSeconds || this.#byteCount > this.#limits.bytesMax;
      if (!isTooMuch || secondsLeft < this.floorSeconds) {
        break;
      }
      this.#all.shift();
      this.#closedSeconds = secondsLeft;
      this.#byteCount -= oldest.byteCount;
      if (this.#onDiskCount > 0) {
        this.#onDiskCount -= 1;
      } else {
        this.#memorySeconds -= durationSeconds;
      }
      taken.push(oldest);
    }
    return taken;
  }

  #replaceLast(replace: (held: HeldSegment) => HeldSegment): HeldSegment {
    const { last } = this;
    if (last === undefined || last.segment.closed) {
      throw new Error('no segment is open');
    }
    const held = replace(last);
    this.#all[this.#all.length - 1] = held;
    return held;
  }
}
