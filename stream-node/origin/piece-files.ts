import { mediaFiles, mediaPath, pieceFolder } from '../contract/media-urls';
import { type ListedSegment, piecePlaylist } from '../manifest/piece-playlist';
import type { Exchange } from './exchange';
import { openIfThere, sendFileBytes } from './file-bytes';
import { mediaCaching } from './live-files';
import type { PlayablePiece, PlayablePieces, PlayableStream } from './playable-stream';
import { PlaylistBody, sendPlaylist } from './playlist-body';

/** How far back the live playlist of pieces reaches, in seconds. */
const windowSeconds = 600;

/** Serves the pieces of a broadcaster that uploads files: one segment each, in a live playlist and as a video. */
export class PieceFiles {
  /** @param publicUrl of this node: segments are named by absolute URLs */
  constructor(private readonly publicUrl: () => string) {}

  /** `live.m3u8` and `video.m3u8`. `false` for any other file, and where there are no pieces. */
  playlist(exchange: Exchange, stream: PlayableStream, file: string, grant: string | undefined): boolean {
    const { pieces } = stream;
    if (pieces === undefined || (file !== mediaFiles.pieces && file !== mediaFiles.piecesVideo)) {
      return false;
    }
    const folder = `${this.publicUrl()}${mediaPath(stream.streamId, pieceFolder, grant)}`;
    const text = file === mediaFiles.pieces ? livePlaylist(pieces, folder) : videoPlaylist(pieces, folder);
    sendPlaylist(exchange, new PlaylistBody(text), {
      caching: pieces.hasEnded ? 'complete' : 'current',
      isPrivate: stream.visibility === 'private',
    });
    return true;
  }

  /** A segment by its name. `false` for a name that none has. */
  async segment(exchange: Exchange, stream: PlayableStream, file: string): Promise<boolean> {
    const path = stream.pieces?.segmentPath(file);
    await using handle = path === undefined ? undefined : await openIfThere(path);
    if (handle === undefined) {
      return false;
    }
    const { size } = await handle.stat();
    await sendFileBytes(exchange, handle, { start: 0, end: size - 1 }, 200, {
      'content-type': 'video/mp2t',
      'cache-control': mediaCaching(stream),
    });
    return true;
  }
}

/** What was listed in time, the newest ten minutes of it. */
function livePlaylist({ listed, hasEnded }: PlayablePieces, folder: string): string {
  const inTime = listed.filter(({ isLate }) => !isLate);
  const newest = inTime.at(-1);
  const reached = newest === undefined ? 0 : newest.startSeconds - windowSeconds;
  const mediaSequence = Math.max(
    0,
    inTime.findIndex(({ startSeconds }) => startSeconds >= reached),
  );
  const gone = inTime.slice(1, mediaSequence + 1);
  return piecePlaylist({
    segments: inTime.slice(mediaSequence).map((piece) => segmentOf(piece, folder, piece.follows === null)),
    mediaSequence,
    discontinuitySequence: gone.filter(({ follows }) => follows === null).length,
    longestSeconds: Math.max(...inTime.map(({ durationSeconds }) => durationSeconds)),
    ...{ hasEnded, isVideoOnDemand: false },
  });
}

/** Everything that came, however late, in the order of the broadcast. */
function videoPlaylist({ listed, hasEnded }: PlayablePieces, folder: string): string {
  const inOrder = [...listed].sort((a, b) => a.sequence - b.sequence);
  return piecePlaylist({
    segments: inOrder.map((piece, index) =>
      segmentOf(piece, folder, piece.follows === null || piece.follows !== inOrder[index - 1]?.sequence),
    ),
    ...{ mediaSequence: 0, discontinuitySequence: 0, hasEnded, isVideoOnDemand: hasEnded },
    longestSeconds: Math.max(...inOrder.map(({ durationSeconds }) => durationSeconds)),
  });
}

function segmentOf(piece: PlayablePiece, folder: string, isDiscontinuous: boolean): ListedSegment {
  const { sequence, durationSeconds, file } = piece;
  return { sequence, durationSeconds, isDiscontinuous, url: `${folder}/${file}` };
}
