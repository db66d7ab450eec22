/** One segment of a playlist of pieces, as it is listed. */
export type ListedSegment = {
  readonly sequence: number;
  readonly durationSeconds: number;
  /** absolute */
  readonly url: string;
  /** it does not play on from the segment that is listed before it */
  readonly isDiscontinuous: boolean;
};

/** EXT-X-DISCONTINUITY-SEQUENCE is of no version; EXTINF with decimals is of version 3 (RFC 8216 7). */
const version = 3;
/** While nothing is listed; players ask again after about so many seconds. */
const emptyTargetSeconds = 6;

/**
 * A media playlist with one segment for each piece of a broadcaster that uploads files.
 *
 * `targetDurationMin` is the target of all that was ever listed, so that it does not fall when the longest segment leaves the
 * window. It can rise: nobody knows how long the next piece will be, and a target of 30 s would keep every player 90 s behind.
 */
export function piecePlaylist(options: {
  segments: readonly ListedSegment[];
  mediaSequence: number;
  discontinuitySequence: number;
  longestSeconds: number;
  /** nothing is added any more */
  hasEnded: boolean;
  isVideoOnDemand: boolean;
}): string {
  const { segments, mediaSequence, discontinuitySequence, longestSeconds, hasEnded, isVideoOnDemand } = options;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${segments.length === 0 ? emptyTargetSeconds : Math.ceil(longestSeconds)}`,
    `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
  ];
  if (discontinuitySequence > 0) {
    lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`);
  }
  if (isVideoOnDemand) {
    lines.push('#EXT-X-PLAYLIST-TYPE:VOD');
  }
  segments.forEach(({ durationSeconds, url, isDiscontinuous }, index) => {
    // The one before the first segment of a window has left with the segment before it, and is counted above.
    if (isDiscontinuous && index > 0) {
      lines.push('#EXT-X-DISCONTINUITY');
    }
    lines.push(`#EXTINF:${durationSeconds.toFixed(4)},`, url);
  });
  if (hasEnded) {
    lines.push('#EXT-X-ENDLIST');
  }
  return `${lines.join('\n')}\n`;
}
