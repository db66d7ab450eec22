import { renditionPlaylist, renditionThin } from '../contract/media-urls';
import { commentaryPlaylist, describeLive, multivariantPlaylist } from '../manifest/multivariant-playlist';
import type { Exchange } from './exchange';
import type { PlayableStream, PlayableWindow } from './playable-stream';
import { PlaylistBody, sendPlaylist } from './playlist-body';
import type { WaitingRoom } from './waiting-room';

/** The first parts of all renditions come within a few frames of each other. */
const firstPartHoldMs = 1000;

/** `thin`: the commentary audio with joined segments. */
export type MultivariantKind = 'all' | 'audio' | 'thin';

type Built = { versions: string; bodies: Partial<Record<MultivariantKind, PlaylistBody>> };

/**
 * Serves the live multivariant playlist. It names the codecs, so it waits until every rendition has its first part;
 * one that stays silent is left out.
 */
export class LiveMultivariant {
  readonly #built = new WeakMap<PlayableWindow, Built>();

  constructor(private readonly waitingRoom: WaitingRoom) {}

  /** `false` where no rendition has published anything. */
  async serve(exchange: Exchange, stream: PlayableStream, only: MultivariantKind): Promise<boolean> {
    const windows = stream.renditions.flatMap((id) => stream.window(id) ?? []);
    await Promise.all(windows.map((window) => this.#firstPart(window, exchange)));
    const body = this.#body(windows, only);
    if (body === undefined) {
      return false;
    }
    sendPlaylist(exchange, body, { caching: 'current', isPrivate: stream.visibility === 'private' });
    return true;
  }

  /** The playlist of these versions of the windows, printed for the first who asks. */
  #body(windows: readonly PlayableWindow[], only: MultivariantKind): PlaylistBody | undefined {
    const snapshots = windows.map((window) => window.snapshot());
    const described = snapshots.flatMap(
      (snapshot) => describeLive(snapshot, only === 'thin' ? renditionThin : renditionPlaylist) ?? [],
    );
    const [first] = windows;
    if (first === undefined || described.length === 0) {
      return undefined;
    }
    const versions = snapshots.map(({ version }) => version).join();
    let built = this.#built.get(first);
    if (built?.versions !== versions) {
      built = { versions, bodies: {} };
      this.#built.set(first, built);
    }
    built.bodies[only] ??= new PlaylistBody(
      only === 'all' ? multivariantPlaylist(described) : commentaryPlaylist(described),
    );
    return built.bodies[only];
  }

  async #firstPart(window: PlayableWindow, exchange: Exchange): Promise<void> {
    const { segments, ended, nextPart } = window.snapshot();
    if (segments.length === 0 && !ended) {
      const { mediaSequence, partIndex } = nextPart;
      const position = { mediaSequence, partIndex };
      await this.waitingRoom.hold(
        window,
        'first',
        (signal) => window.waitFor(position, signal),
        exchange,
        firstPartHoldMs,
      );
    }
  }
}
