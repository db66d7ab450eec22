import type { Clock } from '../clock';
import type { Rendition } from '../contract/ladder';
import type { HeldSegment } from './held-segment';
import { ListedSegments, type ListLimits } from './listed-segments';
import type { NextPart, Part, RenditionSnapshot, Segment, StoredSegment } from './media-types';
import { NamedMedia } from './named-media';
import { Waiters } from './waiters';

export type LiveWindowOptions = ListLimits & {
  rendition: Rendition;
  clock: Clock;
};

export type NewSegment = Pick<
  Segment,
  'mediaSequence' | 'discontinuity' | 'session' | 'programDateTimeMs' | 'uri' | 'uriNumber' | 'init'
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
  readonly #waiters = new Waiters();
  readonly #media = new NamedMedia();
  readonly #listed: ListedSegments;
  /** left the playlist, still fetchable until `keepUntilMs` */
  #removed: { held: HeldSegment; keepUntilMs: number }[] = [];
  #nextPart: NextPart;
  #ended = false;
  #version = 0;
  #snapshot: RenditionSnapshot | undefined;

  constructor(options: LiveWindowOptions, nextPart: NextPart) {
    this.#options = options;
    this.#listed = new ListedSegments(options);
    this.#nextPart = nextPart;
  }

  /** Media that is held in memory, in bytes. */
  get heldBytes(): number {
    const all = [...this.#listed.all, ...this.#removed.map(({ held }) => held)];
    return all.reduce((sum, held) => sum + held.byteCount, 0);
  }

  /** The window as it is now; the same object until something changes. */
  snapshot(): RenditionSnapshot {
    this.#snapshot ??= {
      rendition: this.#options.rendition,
      cut: this.#options.cut,
      segments: this.#listed.withRecentParts(),
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
    const isDecided = () => this.#media.hasPart(uri) || this.#nextPart.uri !== uri || this.#ended;
    await this.#waiters.wait(`uri ${uri}`, isDecided, signal);
  }

  partBytes(uri: string): Buffer | undefined {
    return this.#media.partBytes(uri);
  }

  /** When a part was published, unix milliseconds; for measurements. */
  publishedAtMs(uri: string): number | undefined {
    return this.#media.publishedAtMs(uri);
  }

  /** The whole segment, one piece after the other, once it is closed and while it is in memory; the same array each time. */
  segmentPieces(uri: string): readonly Buffer[] | undefined {
    return this.#media.segmentPieces(uri);
  }

  /** The same in one buffer: a copy, where it lies in several. */
  segmentBytes(uri: string): Buffer | undefined {
    const pieces = this.segmentPieces(uri);
    return pieces?.length === 1 ? pieces[0] : pieces && Buffer.concat(pieces);
  }

  /** Where the segment lies, once it has left the memory for the disk. */
  storedSegment(uri: string): StoredSegment | undefined {
    return this.#media.storedSegment(uri);
  }

  initBytes(uri: string): Buffer | undefined {
    return this.#media.initBytes(uri);
  }

  open({ discontinuityNumber, ...fields }: NewSegment): void {
    this.#media.addInit(fields.init);
    const segment = { ...fields, parts: [], durationSeconds: 0, closed: false };
    this.#listed.add({ segment, byteCount: 0, discontinuityNumber });
  }

  /** A segment without media, so that this rendition's numbers keep up with the others'. */
  addGap({ discontinuityNumber, ...fields }: NewSegment & { durationSeconds: number }): void {
    const segment = { ...fields, gap: true as const, parts: [], closed: true };
    this.#listed.add({ segment, byteCount: 0, discontinuityNumber });
    this.#trim();
  }

  /** Adds a part to the open segment. */
  append(part: Part): void {
    this.#listed.append(part);
    this.#media.addPart(part, this.#options.clock.nowMs());
  }

  /** Closes the open segment, and drops what is older than the window. */
  close(): Segment {
    const held = this.#listed.close();
    this.#media.addSegment(held);
    this.#trim();
    return held.segment;
  }

  /** The segment is safely on disk: its bytes may leave the memory when it is old. One that is not listed is ignored. */
  stored(mediaSequence: number, at: StoredSegment): void {
    if (this.#listed.stored(mediaSequence, at)) {
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

  #reaches(wanted: { mediaSequence: number; partIndex?: number }): boolean {
    const last = this.#listed.last?.segment;
    if (last === undefined) {
      return false;
    }
    if (last.mediaSequence !== wanted.mediaSequence) {
      return last.mediaSequence > wanted.mediaSequence;
    }
    return wanted.partIndex === undefined ? last.closed : last.parts.length > wanted.partIndex;
  }

  #discontinuitySequence(): number {
    const [first] = this.#listed.all;
    if (first === undefined) {
      return this.#nextPart.discontinuitiesBefore;
    }
    return first.segment.discontinuity ? first.discontinuityNumber - 1 : first.discontinuityNumber;
  }

  #trim(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#leaveToDisk();
    for (const held of this.#listed.takeOldest()) {
      // RFC 8216bis 6.2.2: what left the playlist stays fetchable for its own duration and three target durations more.
      const keepUntilMs = nowMs + (held.segment.durationSeconds + this.#listed.floorSeconds) * 1000;
      this.#removed.push({ held, keepUntilMs });
    }
    this.#forget(nowMs);
  }

  #leaveToDisk(): void {
    for (const { held, stored } of this.#listed.leaveToDisk()) {
      this.#media.leaveToDisk(held, stored);
    }
  }

  #forget(nowMs: number): void {
    const forgotten = this.#removed.filter(({ keepUntilMs }) => keepUntilMs <= nowMs);
    if (forgotten.length > 0) {
      this.#removed = this.#removed.filter(({ keepUntilMs }) => keepUntilMs > nowMs);
      const needed = [...this.#removed.map(({ held }) => held), ...this.#listed.all];
      this.#media.forget(
        forgotten.map(({ held }) => held),
        needed,
      );
    }
  }
}
