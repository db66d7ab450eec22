import {
  downloadFileName,
  type MediaPath,
  mediaFiles,
  pieceFolder,
  renditionDvr,
  renditionRecording,
  renditionRecordingThin,
  renditionThin,
} from '../contract/media-urls';
import { isFinal } from '../contract/stream-state';
import type { Exchange } from './exchange';
import type { ForeignViewers } from './foreign-viewers';
import { isLivePlaylist, type LiveFiles } from './live-files';
import type { LiveMpd } from './live-mpd';
import type { LiveMultivariant, MultivariantKind } from './live-multivariant';
import { serveDownload, servePoster } from './made-file-answers';
import type { PieceFiles } from './piece-files';
import type { PlayableStream } from './playable-stream';
import type { RecordingFiles } from './recording-files';
import { serveStoryboard } from './storyboard-files';

/** Who makes the files of a stream. */
export type FileMakers = {
  readonly live: LiveFiles;
  readonly liveMultivariant: LiveMultivariant;
  readonly liveMpd: LiveMpd;
  readonly recordings: RecordingFiles;
  readonly pieces: PieceFiles;
  readonly viewers: Pick<ForeignViewers, 'see'>;
};

/** What only the node that has the stream now can serve. */
const liveFiles: ReadonlySet<string> = new Set([
  mediaFiles.live,
  mediaFiles.audio,
  mediaFiles.dash,
  mediaFiles.dashUpdates,
]);

/**
 * Which file of a stream is made by whom: its live window, its recording, its pieces, or one where there is no other. Each
 * method answers and says `true`, or leaves the request alone.
 */
export class StreamFiles {
  constructor(private readonly makers: FileMakers) {}

  async serve(exchange: Exchange, stream: PlayableStream, { rendition, file, grant }: MediaPath): Promise<boolean> {
    if (rendition !== undefined) {
      return await this.#rendition(exchange, stream, rendition, file);
    }
    return (
      this.makers.pieces.playlist(exchange, stream, file, grant) || (await this.#multivariant(exchange, stream, file))
    );
  }

  async #multivariant(exchange: Exchange, stream: PlayableStream, file: string): Promise<boolean> {
    const { recordings } = this.makers;
    if (stream.home !== undefined && liveFiles.has(file) && stream.renditions.length === 0) {
      exchange.refuseElsewhere(stream.home);
      return true;
    }
    switch (file) {
      case mediaFiles.takes:
        return await recordings.listing(exchange, stream);
      case mediaFiles.live:
        return await this.#liveOrRecording(exchange, stream, 'all');
      case mediaFiles.audio:
        return await this.#liveOrRecording(exchange, stream, 'audio');
      case mediaFiles.thin:
        return await this.#liveOrRecording(exchange, stream, 'thin');
      case mediaFiles.recordingThin:
        return (await recordings.multivariant(exchange, stream, 'thin')) || refuseUnstarted(exchange);
      case mediaFiles.dash:
      case mediaFiles.dashUpdates:
        return await this.#mpd(exchange, stream, file);
      case mediaFiles.recordingDash:
        return (await recordings.mpd(exchange, stream)) || refuseUnstarted(exchange);
      case mediaFiles.recording:
        return (await recordings.multivariant(exchange, stream, 'all')) || refuseUnstarted(exchange);
      case mediaFiles.recordingAudio:
        return (await recordings.multivariant(exchange, stream, 'audio')) || refuseUnstarted(exchange);
      case mediaFiles.dvr:
        return await this.#dvr(exchange, stream, 'all');
      case mediaFiles.dvrAudio:
        return await this.#dvr(exchange, stream, 'audio');
      case mediaFiles.poster:
        return await servePoster(exchange, stream);
      default:
        return await serveStoryboard(exchange, stream, file);
    }
  }

  /** What is stored, the take that is being written included; of a stream that is not recorded, its live window. */
  async #dvr(exchange: Exchange, stream: PlayableStream, only: 'all' | 'audio'): Promise<boolean> {
    const { recordings, liveMultivariant } = this.makers;
    return (
      (await recordings.multivariant(exchange, stream, only, renditionDvr)) ||
      (await liveMultivariant.serve(exchange, stream, only)) ||
      refuseUnstarted(exchange)
    );
  }

  /** After the end, and where the window is gone with an earlier process, the recording stands in. */
  async #liveOrRecording(exchange: Exchange, stream: PlayableStream, only: MultivariantKind): Promise<boolean> {
    const { recordings, liveMultivariant } = this.makers;
    if (isFinal(stream.state) && (await recordings.multivariant(exchange, stream, only))) {
      return true;
    }
    return (
      (await liveMultivariant.serve(exchange, stream, only)) ||
      (await recordings.multivariant(exchange, stream, only)) ||
      refuseUnstarted(exchange)
    );
  }

  /** As {@link #liveOrRecording}; whoever already plays asks by the second name, and gets the live MPD to its end. */
  async #mpd(exchange: Exchange, stream: PlayableStream, file: string): Promise<boolean> {
    const { recordings, liveMpd, viewers } = this.makers;
    if (isFinal(stream.state)) {
      const isPlaying = file === mediaFiles.dashUpdates && (await liveMpd.serve(exchange, stream));
      if (isPlaying || (await recordings.mpd(exchange, stream))) {
        return true;
      }
    } else {
      viewers.see(stream.streamId, exchange.request);
    }
    return (
      (await liveMpd.serve(exchange, stream)) || (await recordings.mpd(exchange, stream)) || refuseUnstarted(exchange)
    );
  }

  async #rendition(exchange: Exchange, stream: PlayableStream, renditionId: string, file: string): Promise<boolean> {
    const { live, recordings, pieces } = this.makers;
    if (renditionId === pieceFolder) {
      return await pieces.segment(exchange, stream, file);
    }
    if (isLivePlaylist(file) || file === renditionThin) {
      return await this.#thinPlaylist(exchange, stream, renditionId);
    }
    if (file === downloadFileName('video') || file === downloadFileName('audio')) {
      return await serveDownload(exchange, stream, renditionId, file);
    }
    if (file === renditionRecording || file === renditionDvr || file === renditionRecordingThin) {
      return await recordings.playlist(exchange, stream, renditionId, file);
    }
    const window = stream.window(renditionId);
    return (
      (window !== undefined && (await live.media(exchange, stream, window, file))) ||
      (await recordings.media(exchange, stream, renditionId, file)) ||
      (await recordings.segment(exchange, stream, renditionId, file))
    );
  }

  /** Of a stream with a live window; another live playlist comes here only where there is none. */
  async #thinPlaylist(exchange: Exchange, stream: PlayableStream, renditionId: string): Promise<boolean> {
    const { live, viewers } = this.makers;
    const window = stream.window(renditionId);
    if (window === undefined) {
      if (stream.home !== undefined) {
        exchange.refuseElsewhere(stream.home);
      }
      return stream.home !== undefined;
    }
    viewers.see(stream.streamId, exchange.request);
    await live.thinPlaylist(exchange, stream, window);
    return true;
  }
}

function refuseUnstarted(exchange: Exchange): true {
  exchange.refuse('not_started', 'the stream has published nothing yet', { 'retry-after': '1' });
  return true;
}
