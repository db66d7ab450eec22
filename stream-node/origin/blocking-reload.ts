import type { RenditionSnapshot } from '../packager/media-types';

/** A place in the live playlist: a part, or the whole segment where no part is named. */
export type Position = { readonly mediaSequence: number; readonly partIndex?: number };

export type Directives = {
  /** `_HLS_msn` and `_HLS_part`; `undefined` where the client does not want to wait */
  readonly position: Position | undefined;
  /** `_HLS_skip` */
  readonly skip: boolean;
};

const wholeNumber = /^\d{1,15}$/;
/** How many segments ahead of the last one a client may ask (RFC 8216bis 6.2.5.2). */
const advanceSegmentLimit = 2;

/** Reads the delivery directives (RFC 8216bis 6.2.5), or says which rule one breaks. Other parameters are ignored. */
export function readDirectives(query: URLSearchParams): Directives | { error: string } {
  const mediaSequences = query.getAll('_HLS_msn');
  const partIndexes = query.getAll('_HLS_part');
  const skip = ['YES', 'v2'].includes(query.get('_HLS_skip') ?? '');
  if (mediaSequences.length > 1 || partIndexes.length > 1) {
    return { error: '_HLS_msn, _HLS_part: each at most once' };
  }
  const [mediaSequence] = mediaSequences;
  const [partIndex] = partIndexes;
  if (mediaSequence === undefined) {
    return partIndex === undefined ? { position: undefined, skip } : { error: '_HLS_part: needs _HLS_msn' };
  }
  if (!wholeNumber.test(mediaSequence)) {
    return { error: '_HLS_msn: must be a whole number from 0' };
  }
  if (partIndex === undefined) {
    return { position: { mediaSequence: Number(mediaSequence) }, skip };
  }
  if (!wholeNumber.test(partIndex)) {
    return { error: '_HLS_part: must be a whole number from 0' };
  }
  return { position: { mediaSequence: Number(mediaSequence), partIndex: Number(partIndex) }, skip };
}

/** `ready`: answer with the playlist as it is; `hold`: not before this position is published. */
export type Reload =
  | { readonly kind: 'ready' }
  | { readonly kind: 'hold'; readonly position: Position }
  | { readonly kind: 'bad'; readonly error: string };

/**
 * What a request for the playlist gets now (RFC 8216bis 6.2.5.2). A position that is published already, or has fallen
 * out of the window, is answered with the current playlist; one without a whole segment is worth waiting for.
 */
export function decideReload(snapshot: RenditionSnapshot, position: Position | undefined): Reload {
  const { segments, nextPart, ended } = snapshot;
  if (ended) {
    return { kind: 'ready' };
  }
  if (position === undefined) {
    if (segments.some(({ closed }) => closed)) {
      return { kind: 'ready' };
    }
    // hls.js takes a playlist of parts alone for an empty one, and after two of them, one a second, it gives the stream up.
    return { kind: 'hold', position: { mediaSequence: segments[0]?.mediaSequence ?? nextPart.mediaSequence } };
  }
  const error = tooFarAhead(snapshot, position);
  if (error !== undefined) {
    return { kind: 'bad', error };
  }
  const { mediaSequence, partIndex } = position;
  const last = segments.at(-1);
  const hasIt =
    last?.mediaSequence === mediaSequence
      ? partIndex === undefined
        ? last.closed
        : last.parts.length > partIndex
      : last !== undefined && last.mediaSequence > mediaSequence;
  if (hasIt) {
    return { kind: 'ready' };
  }
  if (partIndex === undefined) {
    return { kind: 'hold', position };
  }
  // "a part index past the parent's last part means part 0 of the next segment"
  return nextPart.mediaSequence === mediaSequence + 1
    ? { kind: 'hold', position: { mediaSequence: mediaSequence + 1, partIndex: 0 } }
    : { kind: 'hold', position };
}

function tooFarAhead({ segments, nextPart, cut }: RenditionSnapshot, position: Position): string | undefined {
  const last = segments.at(-1)?.mediaSequence ?? nextPart.mediaSequence - 1;
  if (position.mediaSequence > last + advanceSegmentLimit) {
    return `_HLS_msn: more than ${advanceSegmentLimit} ahead of the last segment`;
  }
  const limit = cut.partTargetSeconds < 1 ? Math.ceil(3 / cut.partTargetSeconds) : 3;
  const published = position.mediaSequence < nextPart.mediaSequence ? undefined : nextPart;
  if (published === undefined || position.partIndex === undefined) {
    return undefined;
  }
  const lastPart = published.mediaSequence === position.mediaSequence ? published.partIndex - 1 : -1;
  return position.partIndex > lastPart + limit ? `_HLS_part: more than ${limit} ahead of the last part` : undefined;
}
