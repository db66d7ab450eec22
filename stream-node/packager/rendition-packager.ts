import type { Rendition } from '../contract/ladder';
import { targetDurationOf } from '../contract/profiles';
import type { InitFragment, MediaFragment } from '../isobmff/fragment-reader';
import { BadFragment, expectPublishable } from './bad-fragment';
import { fragmentSeconds, HeldFragments } from './held-fragments';
import type { LiveWindow } from './live-window';
import type { ClosedSegment, InitSection, Part } from './media-types';
import { beginsNext, type CutRule, cutAfter, cutBefore } from './segmenter';
import type { Gap, SessionReach } from './session-alignment';
import { beginsDiscontinuity, type StartedSession, segmentIndexOf } from './started-session';
import type { Timeline } from './timeline';

/** A session as one rendition's packager needs it. */
export type PackagerSession = StartedSession & {
  readonly timeline: Timeline;
  readonly rule: CutRule;
  /** stands in for what other renditions published before the break and this one did not */
  readonly gaps: readonly Gap[];
};

/** What the packager tells its listeners, after the window shows it. */
export type Published = { parts: Part[]; segments: ClosedSegment[] };

/** Makes one rendition's fragments into parts and segments, session after session; the segmenter says where to cut. */
export class RenditionPackager {
  readonly rendition: Rendition;
  readonly window: LiveWindow;
  readonly #uriPrefix: string;
  #session: PackagerSession | undefined;
  #init: InitSection | undefined;
  /** of the session before, where this one goes on with its recorder session */
  #initBefore: InitSection | undefined;
  /** of the segment that is open, or will be opened next */
  #mediaSequence = 0;
  #partIndex = 0;
  /** what the name of that segment ends with; `undefined` before the first one of a recorder session */
  #uriNumber: number | undefined;
  #isOpen = false;
  /** a boundary was passed by less than a part: the segment is closed once more comes */
  #isCloseDue = false;
  /** seconds published in the open segment */
  #publishedSeconds = 0;
  readonly #held: HeldFragments;
  /** where the session's media begins */
  #beginSeconds = 0;
  #endTicks = 0;
  #published: Published = { parts: [], segments: [] };

  /** @param options.mediaSequence of its very first segment */
  constructor(options: { rendition: Rendition; window: LiveWindow; uriPrefix: string; mediaSequence: number }) {
    this.rendition = options.rendition;
    this.window = options.window;
    this.#uriPrefix = options.uriPrefix;
    this.#held = new HeldFragments(options.rendition);
    this.#mediaSequence = options.mediaSequence;
  }

  /** The media sequence after the last one that has media. */
  get nextMediaSequence(): number {
    return this.#isOpen || !this.#held.isEmpty ? this.#mediaSequence + 1 : this.#mediaSequence;
  }

  /** Container time at which the session's media ends; `undefined` before its first fragment. */
  get endSeconds(): number | undefined {
    return this.#init === undefined || this.#endTicks === 0 ? undefined : this.#endTicks / this.#init.timescale;
  }

  start(session: PackagerSession): void {
    const isContinued = this.#session?.uriHead === session.uriHead;
    this.#initBefore = isContinued ? (this.#init ?? this.#initBefore) : undefined;
    this.#uriNumber = isContinued ? this.#uriNumber : undefined;
    this.#session = session;
    this.#init = undefined;
    this.#mediaSequence = session.shared.firstMediaSequence;
    this.#partIndex = 0;
    this.#endTicks = 0;
    this.#isCloseDue = false;
    this.#commit();
  }

  pushInit(init: InitFragment): void {
    const session = this.#running();
    if (this.#init !== undefined) {
      throw new BadFragment(`${this.rendition.id}: a second init section in session ${session.sessionIndex}`);
    }
    const before = this.#initBefore;
    if (before?.bytes.equals(init.bytes)) {
      this.#init = before;
      return;
    }
    if (before !== undefined) {
      session.run.start = session.shared;
    }
    this.#init = {
      uri: `${session.shared.id}-init.mp4`,
      bytes: init.bytes,
      codec: init.track.codec,
      timescale: init.track.timescale,
    };
  }

  /** @throws BadFragment */
  pushFragment(fragment: MediaFragment): Published {
    const session = this.#running();
    const init = this.#initSection();
    if (this.#endTicks === 0 && this.rendition.kind === 'video' && !fragment.startsWithKeyframe) {
      return this.#takePublished(); // nothing can be decoded before the session's first keyframe
    }
    const timing = {
      startSeconds: fragment.decodeTimeTicks / init.timescale,
      durationSeconds: fragmentSeconds(this.rendition, fragment, init.timescale),
      startsWithKeyframe: fragment.startsWithKeyframe,
    };
    expectPublishable(this.rendition.id, { ...fragment, ...timing }, this.#endTicks, session.rule);
    if (this.#isCloseDue) {
      this.#closeSegment();
    }
    const cut = cutBefore(this.#openMedia(session), timing, session.rule);
    // Only a session that ends puts out less than a part, and whether that begins a segment is known when all renditions end.
    this.#isCloseDue = cut === 'segment' && cutAfter(heldAlone(timing), 0, session.rule) === 'none';
    this.#cut(this.#isCloseDue ? 'part' : cut);
    this.#beginSeconds = this.#endTicks === 0 ? timing.startSeconds : this.#beginSeconds;
    this.#held.push(fragment);
    this.#endTicks = fragment.decodeTimeTicks + fragment.durationTicks;
    this.#cut(cutAfter(this.#openMedia(session), this.#endTicks / init.timescale, session.rule));
    return this.#takePublished();
  }

  /**
   * The media sequence of its last segment if the session ends now: `sure`, with what is published or can lie nowhere else;
   * `possible`, if what is left begins a segment of its own, as the grid would have it. `undefined` without any media.
   */
  get reach(): SessionReach | undefined {
    if (this.#endTicks === 0) {
      return undefined;
    }
    const last = this.nextMediaSequence - 1;
    const possible = this.#restCanBegin() ? last + 1 : last;
    return { sure: this.#restFits() ? last : possible, possible };
  }

  /**
   * Publishes what is held and closes the segment. What is left comes under the name that was hinted (RFC 8216bis 4.4.5.3): as
   * the first part of the next segment where the grid has one, else as the last part of the open one, however short.
   *
   * @param lastMediaSequence which all renditions reach: where the grid has a segment beyond it, what is left lengthens the open
   * one instead, so that the others need no gap for a number that they lack
   */
  finish(lastMediaSequence: number): Published {
    if (this.#session === undefined) {
      return this.#takePublished();
    }
    const hinted = this.window.snapshot().nextPart.uri;
    if (this.#restCanBegin() && (this.#mediaSequence < lastMediaSequence || !this.#restFits())) {
      this.#closeSegment();
    }
    this.#publishPart(hinted);
    this.#closeSegment();
    return this.#takePublished();
  }

  /** The open segment may be lengthened by what is held (RFC 8216bis 4.4.3.1: EXTINF, rounded, is the target at most). */
  #restFits(): boolean {
    return Math.round(this.#publishedSeconds + this.#heldSeconds()) <= targetDurationOf(this.window.snapshot().cut);
  }

  /** What is held lies behind the boundary of the open segment, and can be decoded without it. */
  #restCanBegin(): boolean {
    return this.#held.isIndependent && this.#isOpen && this.#expectsNewSegment();
  }

  /** The session that was finished may be followed by another one, which begins at this media sequence: the hint names its first part. */
  expectSession(firstMediaSequence: number): void {
    if (this.#session !== undefined) {
      this.#session = { ...this.#session, sessionIndex: this.#session.sessionIndex + 1 };
    }
    this.#mediaSequence = firstMediaSequence;
    this.#commit();
  }

  #cut(cut: 'none' | 'part' | 'segment'): void {
    if (cut !== 'none') {
      this.#publishPart();
    }
    if (cut === 'segment') {
      this.#closeSegment();
    }
  }

  /** @param uri another one than its place in the grid gives it */
  #publishPart(uri?: string): void {
    if (this.#held.isEmpty) {
      return;
    }
    const { timescale } = this.#initSection();
    const held = this.#held.take(timescale);
    if (!this.#isOpen) {
      this.#openSegment(held.ticks.start / timescale);
    }
    const part: Part = {
      mediaSequence: this.#mediaSequence,
      partIndex: this.#partIndex,
      uri: uri ?? this.#partUri(this.#mediaSequence, this.#partIndex),
      ...held,
    };
    this.window.append(part);
    this.#published.parts.push(part);
    this.#partIndex += 1;
    this.#publishedSeconds += part.durationSeconds;
  }

  #openSegment(startSeconds: number): void {
    const session = this.#running();
    const init = this.#initSection();
    const isSessionsFirst = this.#mediaSequence === session.shared.firstMediaSequence;
    for (const gap of isSessionsFirst ? session.gaps : []) {
      const uri = `${this.#uriPrefix}-gap-${gap.mediaSequence}.m4s`;
      this.window.addGap({ ...gap, init, uri, uriNumber: gap.mediaSequence });
    }
    this.#uriNumber ??= this.#mediaSequence;
    this.window.open({
      mediaSequence: this.#mediaSequence,
      discontinuity: beginsDiscontinuity(session, this.#mediaSequence),
      discontinuityNumber: session.discontinuityNumber,
      programDateTimeMs: session.timeline.eventTimeMs(startSeconds),
      session: session.shared,
      uri: this.#segmentUri(this.#uriNumber),
      uriNumber: this.#uriNumber,
      init,
    });
    this.#isOpen = true;
  }

  #closeSegment(): void {
    this.#isCloseDue = false;
    if (!this.#isOpen) {
      return;
    }
    this.#published.segments.push({ rendition: this.rendition, segment: this.window.close() });
    this.#isOpen = false;
    this.#mediaSequence += 1;
    this.#uriNumber = this.#uriNumber === undefined ? undefined : this.#uriNumber + 1;
    this.#partIndex = 0;
    this.#publishedSeconds = 0;
  }

  #takePublished(): Published {
    const published = this.#published;
    this.#published = { parts: [], segments: [] };
    if (published.parts.length > 0 || published.segments.length > 0) {
      this.#commit();
    }
    return published;
  }

  /** The part that comes next is hinted by name; where the grid says so, as the first one of the next segment. */
  #commit(): void {
    const goesOn = this.#isOpen && !this.#expectsNewSegment();
    const ahead = Number(this.#isOpen && !goesOn);
    const mediaSequence = this.#mediaSequence + ahead;
    const partIndex = goesOn ? this.#partIndex : 0;
    const uri = this.#partUri(mediaSequence, partIndex);
    const segmentUri = this.#segmentUri((this.#uriNumber ?? this.#mediaSequence) + ahead);
    const session = this.#running();
    const discontinuitiesBefore = session.discontinuityNumber - Number(beginsDiscontinuity(session, mediaSequence));
    this.window.commit({ mediaSequence, partIndex, uri, segmentUri, discontinuitiesBefore });
  }

  #expectsNewSegment(): boolean {
    const session = this.#running();
    const endSeconds = this.#endTicks / this.#initSection().timescale - this.#heldSeconds();
    return beginsNext(segmentIndexOf(session, this.#mediaSequence), endSeconds, this.#beginSeconds, session.rule);
  }

  #partUri(mediaSequence: number, partIndex: number): string {
    return `${this.#uriPrefix}-s${this.#session?.sessionIndex ?? 0}-${mediaSequence}.${partIndex}.m4s`;
  }

  #segmentUri(uriNumber: number): string {
    return `${this.#running().uriHead}-${uriNumber}.m4s`;
  }

  #openMedia(session: PackagerSession) {
    const heldSeconds = this.#heldSeconds();
    return {
      segmentIndex: segmentIndexOf(session, this.#mediaSequence),
      segmentSeconds: this.#publishedSeconds + heldSeconds,
      heldSeconds,
    };
  }

  #heldSeconds(): number {
    return this.#held.isEmpty ? 0 : this.#held.seconds(this.#initSection().timescale);
  }

  #running(): PackagerSession {
    if (this.#session === undefined) {
      throw new Error(`${this.rendition.id}: no session was started`);
    }
    return this.#session;
  }

  #initSection(): InitSection {
    if (this.#init === undefined) {
      throw new BadFragment(`${this.rendition.id}: a fragment before the init section`);
    }
    return this.#init;
  }
}

/** A fragment that is all there is of a segment. */
function heldAlone({ durationSeconds }: { durationSeconds: number }) {
  return { segmentIndex: 0, segmentSeconds: durationSeconds, heldSeconds: durationSeconds };
}
