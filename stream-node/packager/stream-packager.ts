import { EventEmitter } from 'node:events';
import { type Clock, systemClock } from '../clock';
import type { Rendition, RenditionId } from '../contract/ladder';
import type { CutPlan } from '../contract/profiles';
import type { InitFragment, MediaFragment } from '../isobmff/fragment-reader';
import { LiveWindow, type RenditionWindow } from './live-window';
import type { ClosedSegment, Part, SegmentSession, StoredSegment } from './media-types';
import { type Published, RenditionPackager } from './rendition-packager';
import { cutRule } from './segmenter';
import { gapsBehind, lastReached } from './session-alignment';
import { nextSession, type PublishedBefore, type StartedSession } from './started-session';
import type { Timeline } from './timeline';

export type StreamPackagerOptions = {
  cut: CutPlan;
  /** all renditions the stream will ever have; none is added later */
  renditions: readonly Rendition[];
  /** how far back a viewer may seek */
  dvrWindowSeconds: number;
  /** how much of that stays in memory once it is stored on disk, in seconds; all of it without a word */
  memorySeconds?: number;
  /** bound of the listed media in memory of all renditions together, in bytes */
  windowBytesMax: number;
  /** begins every media file name; new at each start of the node, so that a restart never meets a stale cache */
  uriPrefix: string;
  /** what an earlier run of the node may have published of the stream; the first session then begins with a discontinuity */
  publishedBefore?: PublishedBefore | undefined;
  clock?: Clock;
};

/** Where the unbroken media that was published last lies on the event clock, unix milliseconds. */
export type PublishedSpan = {
  readonly fromMs: number;
  /** where it ends in each rendition that has some */
  readonly untilMs: ReadonlyMap<RenditionId, number>;
};

/** Sessions that follow each other as closely as this leave nothing between them, in milliseconds. */
const seamMs = 100;

export type PackagerEvents = {
  /** a part was published */
  part: [{ rendition: Rendition; part: Part }];
  /** a segment was closed; a gap never is */
  segment: [ClosedSegment];
};

/** Leaves room for session, numbers and ending in a file name that `parseMediaPath` takes. */
const uriPrefixPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * Fragments → parts → segments of one stream, in memory, for one run of the node. A session is one unbroken run of the
 * publisher's recorder; each later one begins with a discontinuity, at the same media sequence in every rendition.
 */
export class StreamPackager extends EventEmitter<PackagerEvents> implements Disposable {
  readonly #options: StreamPackagerOptions;
  readonly #renditions = new Map<string, RenditionPackager>();
  /** of this run, oldest first */
  readonly #sessions: StartedSession[] = [];
  /** event-clock time from which on the media up to the end of the last session is unbroken */
  #unbrokenFromMs = Number.POSITIVE_INFINITY;
  /** of the newest session */
  #timeline: Timeline | undefined;
  #isRunning = false;
  #isEnded = false;

  constructor(options: StreamPackagerOptions) {
    super();
    if (!uriPrefixPattern.test(options.uriPrefix)) {
      throw new TypeError(`uriPrefix ${JSON.stringify(options.uriPrefix)} must be 1 to 64 of A-Z, a-z, 0-9, _ and -`);
    }
    this.#options = options;
    const bitrateOfAll = options.renditions.reduce((sum, rendition) => sum + rendition.bitrate, 0);
    for (const rendition of options.renditions) {
      // Bytes are shared out by bitrate, so that all windows reach equally far back.
      const bytesMax = (options.windowBytesMax * rendition.bitrate) / bitrateOfAll;
      this.#renditions.set(rendition.id, this.#renditionPackager(rendition, bytesMax));
    }
  }

  /**
   * Begins a session; the one before is finished first. One with the same timeline is of the same recorder session: another encoder
   * goes on in it.
   *
   * @param session.sessionIndex rises with every session of this run; it is part of every file name
   * @param session.startSeconds media time at which its first segment begins, for a session that goes on where another one
   * ended; each rendition then begins at its own end of that one
   */
  startSession(session: { sessionIndex: number; timeline: Timeline; startSeconds?: number | undefined }): void {
    this.finishSession();
    if (this.#isEnded) {
      throw new Error('the stream has ended');
    }
    const last = this.#sessions.at(-1);
    if (last !== undefined && session.sessionIndex <= last.sessionIndex) {
      throw new Error(`session ${session.sessionIndex} does not come after session ${last.sessionIndex}`);
    }
    const all = [...this.#renditions.values()];
    const firstMediaSequence = Math.max(0, ...all.map((each) => each.nextMediaSequence));
    const { sessionIndex, timeline, startSeconds } = session;
    const originSeconds = startSeconds ?? timeline.originSeconds;
    const isContinued = timeline === this.#timeline;
    const started = nextSession({
      ...{ sessionIndex, uriPrefix: this.#options.uriPrefix, firstMediaSequence },
      ...this.#beginningOf(timeline, startSeconds, isContinued ? last?.shared : undefined),
      ...{ before: last, isContinued, publishedBefore: this.#options.publishedBefore },
    });
    this.#timeline = timeline;
    if (!isContinued && !(Math.abs(timeline.eventTimeMs(originSeconds) - this.#lastMediaEndMs()) < seamMs)) {
      this.#unbrokenFromMs = started.shared.originTimeMs;
    }
    const shown = startSeconds === undefined ? all.flatMap(({ window }) => window.snapshot().segments) : 'continued';
    for (const each of all) {
      each.start({
        ...started,
        timeline,
        rule: cutRule(each.rendition, this.#options.cut, originSeconds),
        gaps: gapsBehind(each.window.snapshot(), this.#sessions, shown, firstMediaSequence),
      });
    }
    this.#sessions.push(started);
    this.#isRunning = true;
  }

  pushInit(renditionId: string, init: InitFragment): void {
    this.#running(renditionId).pushInit(init);
  }

  /** @throws BadFragment if it cannot be published within the rules; the session must be given up */
  pushFragment(renditionId: string, fragment: MediaFragment): void {
    const rendition = this.#running(renditionId);
    this.#announce(rendition.rendition, rendition.pushFragment(fragment));
  }

  /** Publishes what is still held and closes the open segment of every rendition. Without a session it does nothing. */
  finishSession(): void {
    if (!this.#isRunning) {
      return;
    }
    this.#isRunning = false;
    const all = [...this.#renditions.values()];
    const lastMediaSequence = lastReached(all.flatMap(({ reach }) => reach ?? []));
    const published = all.map((each) => ({ rendition: each.rendition, published: each.finish(lastMediaSequence) }));
    for (const each of all) {
      each.expectSession(this.nextMediaSequence);
    }
    for (const each of published) {
      this.#announce(each.rendition, each.published);
    }
  }

  /** Of every rendition that the stream has. */
  get renditionIds(): RenditionId[] {
    return [...this.#renditions.values()].map(({ rendition }) => rendition.id);
  }

  /** The media sequence after the last one that has media in any rendition. */
  get nextMediaSequence(): number {
    return Math.max(...[...this.#renditions.values()].map((each) => each.nextMediaSequence));
  }

  /** How many discontinuities the stream has had. */
  get discontinuityNumber(): number {
    return this.#sessions.at(-1)?.discontinuityNumber ?? this.#options.publishedBefore?.discontinuityNumber ?? 0;
  }

  /** Where the media of the newest session ends in each rendition that has some, in seconds of media time. */
  publishedEnds(): ReadonlyMap<RenditionId, number> {
    const ends = new Map<RenditionId, number>();
    for (const { rendition, endSeconds } of this.#renditions.values()) {
      if (endSeconds !== undefined) {
        ends.set(rendition.id, endSeconds);
      }
    }
    return ends;
  }

  /** `undefined` before the first part. */
  publishedSpan(): PublishedSpan | undefined {
    const untilMs = new Map<RenditionId, number>();
    for (const { rendition, window } of this.#renditions.values()) {
      const last = window.snapshot().segments.findLast(({ gap }) => gap === undefined);
      if (last !== undefined) {
        untilMs.set(rendition.id, last.programDateTimeMs + last.durationSeconds * 1000);
      }
    }
    return untilMs.size === 0 ? undefined : { fromMs: this.#unbrokenFromMs, untilMs };
  }

  /** The stream is over: EXT-X-ENDLIST in every rendition. The windows can be read on. */
  end(): void {
    this.finishSession();
    this.#isEnded = true;
    for (const each of this.#renditions.values()) {
      each.window.end();
    }
  }

  /** The live window of a rendition, or `undefined` for a rendition the stream does not have. */
  window(renditionId: string): RenditionWindow | undefined {
    return this.#renditions.get(renditionId)?.window;
  }

  /** A segment that was handed out is safely on disk: its bytes may leave the memory. */
  stored(renditionId: string, mediaSequence: number, at: StoredSegment): void {
    this.#renditions.get(renditionId)?.window.stored(mediaSequence, at);
  }

  /** Lets go of all who wait (`WindowClosed`), and of all listeners. */
  [Symbol.dispose](): void {
    this.#isRunning = false;
    this.#isEnded = true;
    this.removeAllListeners();
    for (const each of this.#renditions.values()) {
      each.window.dispose();
    }
  }

  /**
   * Where a session begins, for readers whose timeline is the event clock itself (DASH). One that is not cut where each rendition
   * ended is moved behind what its clock says it overlaps. One that is begins where the sound ended: tracks that did not end
   * together cannot all be joined without a seam, and of a picture a moment is missed less.
   *
   * @param continued the session in whose place it goes on, on the very same times
   */
  #beginningOf(
    timeline: Timeline,
    startSeconds: number | undefined,
    continued: SegmentSession | undefined,
  ): Pick<SegmentSession, 'originSeconds' | 'originTimeMs'> {
    const seconds = startSeconds ?? timeline.originSeconds;
    const startMs = continued === undefined ? timeline.eventTimeMs(seconds) : sessionTimeMs(continued, seconds);
    if (startSeconds === undefined) {
      return { originSeconds: seconds, originTimeMs: Math.max(startMs, this.#lastMediaEndMs()) };
    }
    const originTimeMs = Math.max(startMs, this.#lastMediaEndMs('audio'));
    return { originSeconds: seconds + (originTimeMs - startMs) / 1000, originTimeMs };
  }

  /** Event-clock time at which the last session's media ends, counted from its origin. @param kind of it alone, where there is some */
  #lastMediaEndMs(kind?: Rendition['kind']): number {
    const last = this.#sessions.at(-1)?.shared;
    if (last === undefined) {
      return Number.NEGATIVE_INFINITY;
    }
    const withMedia = [...this.#renditions.values()].filter(({ endSeconds }) => endSeconds !== undefined);
    const wanted = withMedia.filter(({ rendition }) => rendition.kind === kind);
    const ends = (wanted.length > 0 ? wanted : withMedia).map(({ endSeconds = 0 }) => endSeconds);
    return sessionTimeMs(last, Math.max(last.originSeconds, ...ends));
  }

  #renditionPackager(rendition: Rendition, bytesMax: number): RenditionPackager {
    const { cut, dvrWindowSeconds: windowSeconds, uriPrefix, publishedBefore, clock = systemClock } = this.#options;
    const { memorySeconds = Number.POSITIVE_INFINITY } = this.#options;
    const mediaSequence = publishedBefore?.nextMediaSequence ?? 0;
    const discontinuitiesBefore = publishedBefore?.discontinuityNumber ?? 0;
    const name = `${uriPrefix}-s0-${mediaSequence}`;
    const uris = { uri: `${name}.0.m4s`, segmentUri: `${name}.m4s` };
    const firstPart = { mediaSequence, partIndex: 0, ...uris, discontinuitiesBefore };
    const window = new LiveWindow({ rendition, cut, windowSeconds, memorySeconds, bytesMax, clock }, firstPart);
    return new RenditionPackager({ rendition, window, uriPrefix, mediaSequence });
  }

  #running(renditionId: string): RenditionPackager {
    const rendition = this.#renditions.get(renditionId);
    if (rendition === undefined) {
      throw new Error(`the stream has no rendition ${renditionId}`);
    }
    if (!this.#isRunning) {
      throw new Error(`${renditionId}: no session is running`);
    }
    return rendition;
  }

  #announce(rendition: Rendition, published: Published): void {
    for (const part of published.parts) {
      this.emit('part', { rendition, part });
    }
    for (const segment of published.segments) {
      this.emit('segment', segment);
    }
  }
}

function sessionTimeMs({ originTimeMs, originSeconds }: SegmentSession, mediaSeconds: number): number {
  return originTimeMs + (mediaSeconds - originSeconds) * 1000;
}
