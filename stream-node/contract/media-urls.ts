import { StreamId } from './ids';
import { RenditionId } from './ladder';

/**
 * Media paths at a node: `/stream/<id>/[~<grant>/]<file>` and `/stream/<id>/[~<grant>/]<rendition>/<file>`. The grant of a
 * private stream is a path segment, so that relative URLs inherit it and a CDN can check it.
 */
export const mediaFiles = {
  /** the live multivariant playlist; after the end, the recording's */
  live: 'index.m3u8',
  /** the live multivariant playlist of the commentary audio alone */
  audio: 'audio.m3u8',
  /** the recording (or what there is of it so far), as VOD */
  recording: 'recording.m3u8',
  /** the recording's commentary audio alone */
  recordingAudio: 'recording-audio.m3u8',
  /** the commentary audio alone, for a line where every byte counts: plain HLS of long segments, far behind the edge */
  thin: 'thin.m3u8',
  /** the same of the recording */
  recordingThin: 'recording-thin.m3u8',
  /** DASH: the live MPD; after the end, the recording's */
  dash: 'manifest.mpd',
  /** the live MPD where players ask for its next version, so that one who is playing at the end plays to the end */
  dashUpdates: 'live.mpd',
  /** the recording (or what there is of it so far) as a static MPD */
  recordingDash: 'recording.mpd',
  /** small pictures for the seek bar, as WebVTT over sheets of JPEG beside it */
  storyboard: 'storyboard.vtt',
  /** what is stored of a stream that goes on, healed, for who seeks behind a break: made afresh, never only added to */
  dvr: 'dvr.m3u8',
  /** its commentary audio alone */
  dvrAudio: 'dvr-audio.m3u8',
  /** of a broadcaster that uploads files: one segment per piece, as they come */
  pieces: 'live.m3u8',
  /** the same as a video: all pieces, in order */
  piecesVideo: 'video.m3u8',
  /** what this node alone holds of the recording, for another node that joins it */
  takes: 'takes.json',
  /** the still that stands for the recording */
  poster: 'poster.jpg',
} as const;

/** The file name of a rendition's live media playlist, below its folder. */
export const renditionPlaylist = 'media.m3u8';
/** The file name of a rendition's recorded media playlist, below its folder. */
export const renditionRecording = 'recording.m3u8';
/** The file name of a rendition's part of `dvr.m3u8`, below its folder. */
export const renditionDvr = 'dvr.m3u8';
/** The same with joined segments: thin-data mode. */
export const renditionThin = 'thin.m3u8';
export const renditionRecordingThin = 'recording-thin.m3u8';

/** The folder of the segments that were made of pieces, beside those of the renditions. */
export const pieceFolder = 'pieces';

/** The file that people download of a recorded rendition, below its folder: a picture has its sound with it. */
export function downloadFileName(kind: 'video' | 'audio'): string {
  return kind === 'video' ? 'download.mp4' : 'download.m4a';
}

/** `/stream/<id>/index.m3u8` and its like; `grant` only for a private stream. */
export function mediaPath(streamId: string, file: string, grant?: string): string {
  return grant === undefined ? `/stream/${streamId}/${file}` : `/stream/${streamId}/~${grant}/${file}`;
}

/** Where a node takes WHIP (RFC 9725): `/whip/<stream id>`, with the stream key as the bearer token. */
export const whipPath = '/whip';

/** What a WHIP sender is given as its address. @param publicUrl of the stream's node */
export function whipUrl(publicUrl: string, streamId: string): string {
  return `${publicUrl}${whipPath}/${streamId}`;
}

export type MediaPath = { streamId: string; grant: string | undefined; rendition: string | undefined; file: string };

const grantSegment = /^~[A-Za-z0-9_.-]{1,2048}$/;
const fileName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/**
 * The parts of a media path, or `null` for anything else: a name is matched against a strict pattern and never decoded,
 * so `..`, `%2f`, backslashes and NULs cannot pass.
 */
export function parseMediaPath(pathname: string): MediaPath | null {
  const segments = pathname.split('/');
  if (segments.shift() !== '' || segments.shift() !== 'stream') {
    return null;
  }
  const streamId = segments.shift();
  if (streamId === undefined || !StreamId.safeParse(streamId).success) {
    return null;
  }
  let grant: string | undefined;
  if (segments[0]?.startsWith('~')) {
    if (!grantSegment.test(segments[0])) {
      return null;
    }
    grant = segments.shift()?.slice(1);
  }
  const file = segments.pop();
  const rendition = segments.pop();
  if (file === undefined || segments.length > 0 || !fileName.test(file) || file.includes('..')) {
    return null;
  }
  if (rendition !== undefined && !RenditionId.safeParse(rendition).success) {
    return null;
  }
  return { streamId, grant, rendition, file };
}
