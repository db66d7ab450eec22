import type { Clock } from '../clock';
import type { Rendition } from '../contract/ladder';
import { type CutPlan, targetDurationOf } from '../contract/profiles';
import { closed, type HeldSegment, onDisk, withPart } from './held-segment';
import type { InitSection, NextPart, Part, RenditionSnapshot, Segment, StoredSegment } from './media-types';
import { Waiters } from './waiters';

/** A live playlist never holds less than three target durations (RFC 8216bis 6.2.2); as long are parts listed and kept. */
const floorSecondsOf = (cut: CutPlan) => 3 * targetDurationOf(cut);

/** Parts stay fetchable for three target durations after they left the playlist (RFC 8216bis 6.2.2): so long in memory. */
const keptSecondsOf = (cut: CutPlan) => 2 * floorSecondsOf(cut) + targetDurationOf(cut);

export type LiveWindowOptions = {
  rendition: Rendition;
  cut: CutPlan;
  /** how far back a viewer may seek, in seconds; never less than three target durations are kept */
  windowSeconds: number;
  /** what is stored on disk leaves the memory at this age, in seconds; what is not stays */
  memorySeconds: number;
  /** listed media in memory is kept below this, unless that would leave less than three target durations */
  bytesMax: number;
  clock: Clock;
};

export type NewSegment = Pick<
  Segment,
  'mediaSequence' | 'discontinuity' | 'session' | 'programDateTimeMs' | 'uri' | 'init'
> & {
  discontinuityNumber: number;
};

/** What a reader of a rendition (manifest, origin) may do with its window. */
export type RenditionWindow = Pick<
  LiveWindow,
  | 'heldBytes'
  | 'snapshot'
  | 'waitFor'
  | 'waitForUri'
  | 'partBytes'
  | 'segmentPieces'
  | 'segmentBytes'
  | 'storedSegment'
  | 'initBytes'
  | 'publishedAtMs'
>;

/**
 * Holds the live media of one rendition and nothing else: the packager writes, then `commit`s the change as a whole;
 * readers see only committed, immutable snapshots.
 */
export class LiveWindow {
  readonly #options: LiveWindowOptions;
  readonly #floorSeconds: number;
  readonly #keptSeconds: number;
  readonly #waiters = new Waiters();
  #listed: HeldSegment[] = [];
  /** left the playlist, still fetchable until `keepUntilMs` */
  #removed: { held: HeldSegment; keepUntilMs: number }[] = [];
  readonly #parts = new Map<string, { bytes: Buffer; publishedAtMs: number }>();
  readonly #segments = new Map<string, readonly Buffer[] | StoredSegment>();
  /** how many of the oldest listed segments have no bytes in memory any more */
  #onDiskCount = 0;
  /** of the listed segments that are closed */
  #listedSeconds = 0;
  /** of those whose bytes are in memory */
  #memorySeconds = 0;
  /** of all that is listed */
  #byteCount = 0;
  readonly #inits = new Map<string, InitSection>();
  #nextPart: NextPart;
  #ended = false;
  #version = 0;
  #snapshot: RenditionSnapshot | undefined;

  constructor(options: LiveWindowOptions, nextPart: NextPart) {
    this.#options = options;
    this.#floorSeconds = floorSecondsOf(options.cut);
    this.#keptSeconds = keptSecondsOf(options.cut);
    this.#nextPart = nextPart;
  }

  /** Media that is held in memory, in bytes. */
  get heldBytes(): number {
    return [...this.#listed, ...this.#removed.map(({ held }) => held)].reduce((sum, held) => sum + held.byteCount, 0);
  }

  /** The window as it is now; the same object until something changes. */
  snapshot(): RenditionSnapshot {
    this.#snapshot ??= {
      rendition: this.#options.rendition,
      cut: this.#options.cut,
      segments: this.#listedWithRecentParts(),
      discontinuitySequence: this.#discontinuitySequence(),
      nextPart: this.#nextPart,
      ended: this.#ended,
      version: this.#version,
    };
    return this.#snapshot;
  }

  /**
   * For a blocking reload (RFC 8216bis 6.2.5.2): settles once the window holds that part or anything later; without a part
   * index, once it holds that whole segment or a later one. Also when the stream ends. A part index past the last part of
   * a finished segment means part 0 of the next one.
   *
   * @throws the reason of `signal` if it is aborted first; `WindowClosed`
   */
  async waitFor(wanted: { mediaSequence: number; partIndex?: number }, signal: AbortSignal): Promise<void> {
    const what = `${wanted.mediaSequence}.${wanted.partIndex ?? 'whole'}`;
    await this.#waiters.wait(what, () => this.#ended || this.#reaches(wanted), signal);
  }

  /**
   * For a request of the part that is hinted (EXT-X-PRELOAD-HINT): settles once the part is there, or once it is clear that
   * it will not come under this name; `partBytes` then tells which.
   *
   * @throws the reason of `signal` if it is aborted first; `WindowClosed`
   */
  async waitForUri(uri: string, signal: AbortSignal): Promise<void> {
    const isDecided = () => this.#parts.has(uri) || this.#nextPart.uri !== uri || this.#ended;
    await this.#waiters.wait(`uri ${uri}`, isDecided, signal);
  }

  partBytes(uri: string): Buffer | undefined {
    return this.#parts.get(uri)?.bytes;
  }

  /** When a part was published, unix milliseconds; for measurements. */
  publishedAtMs(uri: string): number | undefined {
    return this.#parts.get(uri)?.publishedAtMs;
  }

  /** The whole segment, one piece after the other, once it is closed and while it is in memory; the same array each time. */
  segmentPieces(uri: string): readonly Buffer[] | undefined {
    const held = this.#segments.get(uri);
    return isInMemory(held) ? held : undefined;
  }

  /** The same in one buffer: a copy, where it lies in several. */
  segmentBytes(uri: string): Buffer | undefined {
    const pieces = this.segmentPieces(uri);
    return pieces?.length === 1 ? pieces[0] : pieces && Buffer.concat(pieces);
  }

  /** Where the segment lies, once it has left the memory for the disk. */
  storedSegment(uri: string): StoredSegment | undefined {
    const held = this.#segments.get(uri);
    return isInMemory(held) ? undefined : held;
  }

  initBytes(uri: string): Buffer | undefined {
    return this.#inits.get(uri)?.bytes;
  }

  open(segment: NewSegment): void {
    const { discontinuityNumber, ...fields } = segment;
    this.#inits.set(segment.init.uri, segment.init);
    this.#listed.push({
      segment: { ...fields, parts: [], durationSeconds: 0, closed: false },
      byteCount: 0,
      discontinuityNumber,
    });
  }

  /** A segment without media, so that this rendition's numbers keep up with the others'. */
  addGap(gap: NewSegment & { durationSeconds: number }): void {
    const { discontinuityNumber, ...fields } = gap;
    this.#listed.push({
      segment: { ...fields, gap: true, parts: [], closed: true },
      byteCount: 0,
      discontinuityNumber,
    });
    this.#listedSeconds += gap.durationSeconds;
    this.#memorySeconds += gap.durationSeconds;
    this.#trim();
  }

  /** Adds a part to the open segment. */
  append(part: Part): void {
    this.#replaceLast((held) => withPart(held, part));
    this.#byteCount += part.bytes.byteLength;
    this.#parts.set(part.uri, { bytes: part.bytes, publishedAtMs: this.#options.clock.nowMs() });
  }

  /** Closes the open segment, and drops what is older than the window. */
  close(): Segment {
    const held = this.#replaceLast(closed);
    for (const part of held.segment.parts) {
      const publishedAtMs = this.#parts.get(part.uri)?.publishedAtMs ?? this.#options.clock.nowMs();
      this.#parts.set(part.uri, { bytes: part.bytes, publishedAtMs });
    }
    if (held.pieces !== undefined) {
      this.#segments.set(held.segment.uri, held.pieces);
    }
    this.#listedSeconds += held.segment.durationSeconds;
    this.#memorySeconds += held.segment.durationSeconds;
    this.#trim();
    return held.segment;
  }

  /** The segment is safely on disk: its bytes may leave the memory when it is old. One that is not listed is ignored. */
  stored(mediaSequence: number, at: StoredSegment): void {
    const index = mediaSequence - (this.#listed[0]?.segment.mediaSequence ?? 0);
    const held = this.#listed[index];
    if (held?.segment.mediaSequence === mediaSequence && held.pieces !== undefined) {
      this.#listed[index] = { ...held, stored: at };
      this.#leaveToDisk();
    }
  }

  /** Shows what was written since the last time, and lets go of those who waited for it. */
  commit(nextPart: NextPart): void {
    this.#nextPart = nextPart;
    this.#changed();
  }

  /** Nothing will follow. */
  end(): void {
    this.#ended = true;
    this.#changed();
  }

  dispose(): void {
    this.#waiters.close();
  }

  #changed(): void {
    this.#version += 1;
    this.#snapshot = undefined;
    this.#waiters.wake();
  }

  #replaceLast(replace: (held: HeldSegment) => HeldSegment): HeldSegment {
    const last = this.#listed.at(-1);
    if (last === undefined || last.segment.closed) {
      throw new Error('no segment is open');
    }
    const held = replace(last);
    this.#listed[this.#listed.length - 1] = held;
    return held;
  }

  #reaches(wanted: { mediaSequence: number; partIndex?: number }): boolean {
    const last = this.#listed.at(-1)?.segment;
    if (last === undefined) {
      return false;
    }
    if (last.mediaSequence !== wanted.mediaSequence) {
      return last.mediaSequence > wanted.mediaSequence;
    }
    return wanted.partIndex === undefined ? last.closed : last.parts.length > wanted.partIndex;
  }

  /** Parts are listed only near the live edge: three target durations (RFC 8216bis 6.2.2, SHOULD). */
  #listedWithRecentParts(): Segment[] {
    let recent = this.#listed.length;
    for (let laterSeconds = 0; recent > 0 && laterSeconds < this.#floorSeconds; ) {
      recent -= 1;
      laterSeconds += this.#listed[recent]?.segment.durationSeconds ?? 0;
    }
    return this.#listed.map((held, index) => (index < recent ? (held.withoutParts ?? held.segment) : held.segment));
  }

  #discontinuitySequence(): number {
    const [first] = this.#listed;
    if (first === undefined) {
      return this.#nextPart.discontinuitiesBefore;
    }
    return first.segment.discontinuity ? first.discontinuityNumber - 1 : first.discontinuityNumber;
  }

  #trim(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#leaveToDisk();
    const windowSeconds = Math.max(this.#floorSeconds, this.#options.windowSeconds);
    for (let [oldest] = this.#listed; oldest !== undefined; [oldest] = this.#listed) {
      const { durationSeconds } = oldest.segment;
      const left = this.#listedSeconds - durationSeconds;
      const isTooMuch = left >= windowSeconds || this.#byteCount > this.#options.bytesMax;
      if (!isTooMuch || left < this.#floorSeconds) {
        break;
      }
      this.#listed.shift();
      this.#listedSeconds = left;
      this.#byteCount -= oldest.byteCount;
      if (this.#onDiskCount > 0) {
        this.#onDiskCount -= 1;
      } else {
        this.#memorySeconds -= durationSeconds;
      }
      // RFC 8216bis 6.2.2: what left the playlist stays fetchable for its own duration and three target durations more.
      const keepUntilMs = nowMs + (oldest.segment.durationSeconds + this.#floorSeconds) * 1000;
      this.#removed.push({ held: oldest, keepUntilMs });
    }
    this.#forget(nowMs);
  }

  /** Lets go of the bytes that the disk has, oldest first, as far as they are too old or too many. */
  #leaveToDisk(): void {
    const { memorySeconds, bytesMax } = this.#options;
    for (let held = this.#listed[this.#onDiskCount]; held !== undefined; held = this.#listed[this.#onDiskCount]) {
      const left = this.#memorySeconds - held.segment.durationSeconds;
      const isWanted = left < memorySeconds && this.#byteCount <= bytesMax;
      if (isWanted || left < this.#keptSeconds || (held.stored === undefined && !held.segment.gap)) {
        break;
      }
      if (held.stored !== undefined) {
        this.#segments.set(held.segment.uri, held.stored);
        this.#forgetParts(held);
        this.#listed[this.#onDiskCount] = onDisk(held, held.stored);
        this.#byteCount -= held.byteCount;
      }
      this.#memorySeconds = left;
      this.#onDiskCount += 1;
    }
  }

  #forgetParts(held: HeldSegment): void {
    for (const part of held.segment.parts) {
      this.#parts.delete(part.uri);
    }
  }

  #forget(nowMs: number): void {
    const forgotten = this.#removed.filter(({ keepUntilMs }) => keepUntilMs <= nowMs);
    if (forgotten.length === 0) {
      return;
    }
    this.#removed = this.#removed.filter(({ keepUntilMs }) => keepUntilMs > nowMs);
    const needed = new Set([...this.#removed.map(({ held }) => held), ...this.#listed].map(initUri));
    for (const { held } of forgotten) {
      this.#segments.delete(held.segment.uri);
      this.#forgetParts(held);
      if (!needed.has(initUri(held))) {
        this.#inits.delete(initUri(held));
      }
    }
  }
}

function isInMemory(held: readonly Buffer[] | StoredSegment | undefined): held is readonly Buffer[] {
  return Array.isArray(held);
}

function initUri(held: HeldSegment): string {
  return held.segment.init.uri;
}
