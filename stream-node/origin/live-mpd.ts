import type { Clock } from '../clock';
import { mediaFiles } from '../contract/media-urls';
import { liveMpd } from '../manifest/live-mpd';
import type { Exchange } from './exchange';
import type { PlayableStream, PlayableWindow } from './playable-stream';
import { manifestTypes, PlaylistBody, sendPlaylist } from './playlist-body';
import type { WaitingRoom } from './waiting-room';

/** An MPD tells the time, so it is printed afresh; all who ask within this time share one. */
const printedForMs = 250;

type Printed = { versions: string; atMs: number; body: PlaylistBody };

/** Serves the live MPD. It tells whole segments only, so at a stream's begin it waits for the first ones. */
export class LiveMpd {
  readonly #printed = new WeakMap<PlayableWindow, Printed>();

  constructor(
    private readonly waitingRoom: WaitingRoom,
    private readonly clock: Clock,
  ) {}

  /** `false` where there is no whole segment, and none came while the request was held. */
  async serve(exchange: Exchange, stream: PlayableStream): Promise<boolean> {
    const windows = stream.renditions.flatMap((id) => stream.window(id) ?? []);
    let body = this.#body(windows);
    if (body === undefined) {
      await Promise.all(windows.map((window) => this.#firstSegment(window, exchange)));
      body = this.#body(windows);
    }
    if (body === undefined) {
      return false;
    }
    sendPlaylist(exchange, body, { caching: 'current', isPrivate: stream.visibility === 'private' });
    return true;
  }

  #body(windows: readonly PlayableWindow[]): PlaylistBody | undefined {
    const [first] = windows;
    if (first === undefined) {
      return undefined;
    }
    const snapshots = windows.map((window) => window.snapshot());
    const versions = snapshots.map(({ version }) => version).join();
    const nowMs = this.clock.nowMs();
    const known = this.#printed.get(first);
    if (known?.versions === versions && Math.abs(nowMs - known.atMs) < printedForMs) {
      return known.body;
    }
    const text = liveMpd(snapshots, { nowMs, location: mediaFiles.dashUpdates });
    if (text === undefined) {
      return undefined;
    }
    const body = new PlaylistBody(text, manifestTypes.dash);
    this.#printed.set(first, { versions, atMs: nowMs, body });
    return body;
  }

  async #firstSegment(window: PlayableWindow, exchange: Exchange): Promise<void> {
    const { segments, ended, nextPart } = window.snapshot();
    if (!ended && !segments.some(({ closed, gap }) => closed && !gap)) {
      const mediaSequence = segments[0]?.mediaSequence ?? nextPart.mediaSequence;
      const wait = (signal: AbortSignal) => window.waitFor({ mediaSequence }, signal);
      await this.waitingRoom.hold(window, 'first segment', wait, exchange);
    }
  }
}
