import type Hls from 'hls.js';
import type { ErrorData, LevelDetails } from 'hls.js';
import { CrowdWatch } from './connection-crowd';
import { hlsConfig, joinBehindSeconds, segmentsBehindSeconds } from './hls-config';
import { type DatedFragment, dateAt, timeAt } from './media-timeline';
import { type Pace, pacedPlaylistLoader } from './paced-playlist-loader';
import { partWiseQuality } from './part-wise-quality';
import type { EngineHandlers, PlayableWindow, PlaybackEngine, PlaybackSource } from './playback-engine';
import { retryDelayMs } from './retry-delay';
import { WayBack } from './way-back';
import { WedgeWatch } from './wedge-watch';

const lookForWedgeEveryMs = 500;

/** Of the tabs that find too few connections, one gives way after the other, and the first may be enough. */
const crowdPatienceMs = { atLeast: 1000, more: 4000 };

/** Plays a stream through hls.js, and tries again for as long as the stream may come back. */
export class HlsEngine implements PlaybackEngine {
  readonly #hls: Hls;
  readonly #errorTypes: typeof Hls.ErrorTypes;
  readonly #source: PlaybackSource;
  readonly #handlers: EngineHandlers;
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #mediaRecoveredAtMs = Number.NEGATIVE_INFINITY;
  #isReady = false;
  #pace: Pace;
  readonly #partsPace: Pace;
  readonly #wayBack = new WayBack();
  #wayBackTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #crowdWatch: CrowdWatch | null;
  readonly #wedgeWatch = new WedgeWatch();
  readonly #wedgeTimer: ReturnType<typeof setInterval> | undefined;

  constructor(HlsClass: typeof Hls, media: HTMLMediaElement, source: PlaybackSource, handlers: EngineHandlers) {
    this.#errorTypes = HlsClass.ErrorTypes;
    this.#source = source;
    this.#handlers = handlers;
    this.#partsPace = source.kind === 'audio' ? 'every-other-part' : 'every-part';
    this.#pace = this.#partsPace;
    const onCrowded = () => this.#giveWay();
    const onUnanswered = () => this.#giveWayForNow();
    const playlistLoader = pacedPlaylistLoader(HlsClass, { pace: () => this.#pace, onUnanswered });
    this.#hls = new HlsClass(hlsConfig(source, { playlistLoader, quality: partWiseQuality(HlsClass) }));
    this.#crowdWatch =
      source.isLive && !source.isThin
        ? new CrowdWatch({
            baseUrl: new URL('.', source.url).href,
            patienceMs: crowdPatienceMs.atLeast + Math.random() * crowdPatienceMs.more,
            onCrowded,
          })
        : null;
    const { Events } = HlsClass;
    this.#hls.on(Events.MANIFEST_PARSED, () => this.#tellLevels());
    this.#hls.on(Events.LEVEL_SWITCHED, () => this.#tellLevels());
    this.#hls.on(Events.LEVEL_UPDATED, () => this.#onPlaylist());
    this.#hls.on(Events.FRAG_BUFFERED, () => this.#onMedia());
    this.#hls.on(Events.BUFFER_APPENDED, () => handlers.grown());
    this.#hls.on(Events.FRAG_LOADING, (_event, { frag }) => this.#wedgeWatch.asked(frag.type, performance.now()));
    this.#hls.on(Events.FRAG_LOADED, (_event, { frag }) => this.#wedgeWatch.answered(frag.type));
    this.#hls.on(Events.MEDIA_ATTACHED, () => offerRemotePlayback(media, source.url));
    this.#hls.on(Events.ERROR, (_event, error) => this.#onError(error));
    this.#hls.attachMedia(media);
    this.#hls.loadSource(source.url);
    this.#wedgeTimer = source.isLive ? setInterval(() => this.#lookForWedge(media), lookForWedgeEveryMs) : undefined;
  }

  dateAt(mediaSeconds: number): number | null {
    return dateAt(this.#fragments(), mediaSeconds);
  }

  timeAt(dateMs: number): number | null {
    return timeAt(this.#fragments(), dateMs);
  }

  window(): PlayableWindow | null {
    const details = this.#details();
    if (details === null) {
      return null;
    }
    const startMs = this.dateAt(details.fragmentStart);
    const endMs = this.dateAt(details.edge);
    return startMs === null || endMs === null ? null : { startMs, endMs };
  }

  liveTime(): number | null {
    return this.#hls.liveSyncPosition;
  }

  edgeTime(): number | null {
    return this.#pace === 'segments' ? null : (this.#details()?.edge ?? null);
  }

  startAt(mediaSeconds: number): void {
    // A playhead that is set while there is no media does not keep hls.js from beginning, and showing, the start; and to load
    // from elsewhere does not move a playhead for which the start is there already.
    this.#hls.startLoad(mediaSeconds);
    if (this.#hls.media !== null) {
      this.#hls.media.currentTime = mediaSeconds;
    }
  }

  setHeight(height: number | null): void {
    // The next fragment, not the current one: what is buffered plays on, and nothing stalls.
    this.#hls.nextLevel = height === null ? -1 : this.#hls.levels.findIndex((level) => level.height === height);
    this.#tellLevels();
  }

  close(): void {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#wayBackTimer);
    clearInterval(this.#wedgeTimer);
    this.#crowdWatch?.close();
    this.#hls.destroy();
  }

  /** Plays whole segments from here on, and keeps no connection waiting. */
  #giveWay(): void {
    clearTimeout(this.#wayBackTimer);
    if (this.#pace !== 'segments') {
      this.#follow('segments');
    }
  }

  /**
   * An answer that did not come may be a line, or a whole machine, that stood still: parts are tried again after a while.
   * Over HTTP/2 it can be nothing else, for no other tab is in the way, and whole segments would only be 5 s behind for it.
   */
  #giveWayForNow(): void {
    if (this.#pace === 'segments' || this.#crowdWatch?.hasOwnConnections) {
      return;
    }
    this.#follow('segments');
    const waitMs = this.#wayBack.nextWaitMs(this.#crowdWatch?.sharesConnections ?? false);
    this.#wayBackTimer = setTimeout(() => this.#follow(this.#partsPace), waitMs);
  }

  #follow(pace: Pace): void {
    const bySegments = pace === 'segments';
    this.#pace = pace;
    this.#hls.lowLatencyMode = !bySegments;
    this.#hls.targetLatency = bySegments ? segmentsBehindSeconds : joinBehindSeconds(this.#source);
    this.#handlers.stepsChanged();
  }

  #details(): LevelDetails | null {
    return this.#hls.latestLevelDetails;
  }

  /** With the segment that is still being written, of which only parts are there. */
  #fragments(): DatedFragment[] {
    const details = this.#details();
    if (details === null) {
      return [];
    }
    return details.fragmentHint === undefined ? details.fragments : [...details.fragments, details.fragmentHint];
  }

  #tellLevels(): void {
    const heights = this.#hls.levels.map((level) => level.height).filter((height) => height > 0);
    const chosen = this.#hls.autoLevelEnabled ? null : (this.#hls.levels[this.#hls.nextLevel]?.height ?? null);
    this.#handlers.levels(
      [...new Set(heights)].sort((a, b) => b - a),
      chosen,
    );
  }

  #onPlaylist(): void {
    if (!this.#isReady) {
      this.#isReady = true;
      this.#handlers.ready();
    }
  }

  #onMedia(): void {
    if (this.#failures > 0) {
      this.#failures = 0;
      this.#handlers.recovered();
    }
  }

  #onError(error: ErrorData): void {
    const status = error.response?.code;
    if (error.frag !== undefined) {
      this.#wedgeWatch.answered(error.frag.type);
    }
    if (error.fatal && (status === 404 || status === 410) && !this.#isReady) {
      this.close();
      this.#handlers.gone();
      return;
    }
    if (!error.fatal) {
      return;
    }
    this.#handlers.troubled();
    if (error.type === this.#errorTypes.MEDIA_ERROR && performance.now() - this.#mediaRecoveredAtMs > 5000) {
      this.#mediaRecoveredAtMs = performance.now();
      this.#goingOn(() => this.#hls.recoverMediaError());
      return;
    }
    this.#retryLater();
  }

  #lookForWedge({ currentTime, paused, ended }: HTMLMediaElement): void {
    const edgeMs = this.window()?.endMs ?? null;
    const look = { nowMs: performance.now(), playheadSeconds: currentTime, edgeMs, isHeld: paused || ended };
    if (this.#wedgeWatch.look(look)) {
      this.#handlers.troubled();
      this.#retryLater();
    }
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(
      () => {
        this.#isReady = false;
        this.#goingOn(() => {
          this.#hls.loadSource(this.#source.url);
          this.#hls.startLoad();
        });
      },
      retryDelayMs(this.#failures, Math.random),
    );
    this.#failures += 1;
  }

  /** An element that is given a new source stops, without telling anybody: whoever was listening goes on. */
  #goingOn(giveAnew: () => void): void {
    const { media } = this.#hls;
    const wasPlaying = media !== null && !media.paused;
    giveAnew();
    if (wasPlaying) {
      // Refused where the source changes once more; whoever changes it plays it.
      media.play().catch(() => undefined);
    }
  }
}

/**
 * Where media goes in through ManagedMediaSource (iPhones), hls.js must switch remote playback off to open it. Offered the
 * playlist itself as well, the browser can hand that to a television (AirPlay).
 */
function offerRemotePlayback(media: HTMLMediaElement, url: string): void {
  if (media.disableRemotePlayback && 'ManagedMediaSource' in window) {
    const playlist = document.createElement('source');
    playlist.type = 'application/vnd.apple.mpegurl';
    playlist.src = url;
    media.append(playlist);
    media.disableRemotePlayback = false;
  }
}
