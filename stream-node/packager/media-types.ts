import type { Rendition } from '../contract/ladder';
import type { CutPlan } from '../contract/profiles';

/** One LL-HLS partial segment. Its bytes are complete CMAF fragments and never change. */
export type Part = {
  readonly mediaSequence: number;
  readonly partIndex: number;
  readonly durationSeconds: number;
  /** decode times in ticks of the init section's timescale: of the first sample, and of the last one's end */
  readonly ticks: TickRange;
  /** starts with a keyframe (always true for audio) */
  readonly independent: boolean;
  readonly bytes: Buffer;
  /** file name below the rendition's folder */
  readonly uri: string;
};

export type TickRange = { readonly start: number; readonly end: number };

/** Where a session begins. */
export type SessionStart = {
  /** no other session has it, also after a restart of the node */
  readonly id: string;
  /** rises with every session of this run of the node */
  readonly sessionIndex: number;
  /** container time at which it begins, in seconds: of the recorder's time zero, or of where another encoder goes on */
  readonly originSeconds: number;
  /**
   * event-clock time of that as it was first known, unix milliseconds; later than measured where it would else lie before the
   * end of the media that came before. Fixed, unlike the programme date time, which slews.
   */
  readonly originTimeMs: number;
};

/** One unbroken run of an encoder, the same for every rendition. */
export type SegmentSession = SessionStart & {
  /** of the session's first segment, equal in all renditions */
  readonly firstMediaSequence: number;
  /**
   * since when each rendition has gone on with the same init section exactly where it ended, though encoders took each other's
   * place: settled once all renditions have media of the session
   */
  readonly run: { readonly start: SessionStart };
  /** the number of the session's first joined segment (`joinedSegmentCount`): each session joins its own, from its first on */
  readonly joinedBefore: number;
};

/** A media segment of the live window: open while parts are added, then closed for ever. */
export type Segment = {
  readonly mediaSequence: number;
  /** the first segment of a session other than the stream's first */
  readonly discontinuity: boolean;
  /**
   * EXT-X-GAP (RFC 8216bis 4.4.4.7): the rendition has no media here, only a media sequence number, because another one
   * got further before a break. It has no parts, and its `uri` is never served. Never handed to the recorder.
   */
  readonly gap?: true;
  readonly session: SegmentSession;
  /** decode times in ticks of `init.timescale`; of what is published so far, and `undefined` for a gap */
  readonly ticks?: TickRange;
  /** event-clock time of the first sample, unix milliseconds, from `timeline.ts` only */
  readonly programDateTimeMs: number;
  /** empty once the segment is too old for its parts to be listed; whole segments stay servable */
  readonly parts: readonly Part[];
  /** the sum of all its parts, listed or not */
  readonly durationSeconds: number;
  readonly closed: boolean;
  /** file name of the segment below the rendition's folder */
  readonly uri: string;
  /**
   * what `uri` ends with: counts the rendition's segments up by one as long as encoders only take each other's place, also where
   * media sequences are left out
   */
  readonly uriNumber: number;
  /** the init section (`EXT-X-MAP`) its parts need */
  readonly init: InitSection;
};

/** Where on disk the whole of a segment lies, byte for byte as it was published. */
export type StoredSegment = { readonly path: string; readonly offset: number; readonly byteLength: number };

export type InitSection = {
  /** file name below the rendition's folder */
  readonly uri: string;
  readonly bytes: Buffer;
  /** RFC 6381, such as `avc1.4d401f` */
  readonly codec: string;
  /** ticks per second of the decode times (`mdhd`) */
  readonly timescale: number;
};

export type NextPart = {
  readonly mediaSequence: number;
  readonly partIndex: number;
  readonly uri: string;
  /** the file name that its segment will have, as long as no other recorder session begins */
  readonly segmentUri: string;
  /** how many discontinuities the stream has had before this part's segment, the one that it may begin with not counted */
  readonly discontinuitiesBefore: number;
};

/** A consistent, immutable view of one rendition's live window; what the manifest room prints. */
export type RenditionSnapshot = {
  readonly rendition: Rendition;
  readonly cut: CutPlan;
  /** oldest first; the last one may be open. Empty before the first part. */
  readonly segments: readonly Segment[];
  /** EXT-X-DISCONTINUITY-SEQUENCE: discontinuities before the first segment, or before the next part while there is none */
  readonly discontinuitySequence: number;
  /** the media sequence and part index that the next part will have, and its file name (for EXT-X-PRELOAD-HINT) */
  readonly nextPart: NextPart;
  /** nothing will follow: EXT-X-ENDLIST */
  readonly ended: boolean;
  /** counts up with every change */
  readonly version: number;
};

/** A closed segment, as the recorder takes it. */
export type ClosedSegment = {
  readonly rendition: Rendition;
  readonly segment: Segment;
};
