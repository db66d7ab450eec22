import { DataMeter } from './data-meter';
import { HlsEngine } from './hls-engine';
import { LiveFollower } from './live-follower';
import { NativeEngine } from './native-engine';
import { placeToBegin } from './place-to-begin';
import type { EngineHandlers, PlayableWindow, PlaybackEngine, PlaybackSource } from './playback-engine';
import { idlePlayer, type PlayerPhase, type PlayerSnapshot } from './player-state';

/** the playhead is told this often; the dial and the chat need no more */
const tellEveryMs = 250;
/** a moment this close to the edge is live */
const liveWithinMs = 3000;

const loadLibrary = async () => (await import('hls.js')).default;

/** A page with a player will play: the library is fetched and compiled while nobody waits for it. */
function loadLibraryWhenIdle(): void {
  const load = () => void loadLibrary().catch(() => undefined);
  // Safari does not tell when it is idle.
  if ('requestIdleCallback' in window) {
    requestIdleCallback(load);
  } else {
    setTimeout(load, 200);
  }
}

/**
 * One media element and whatever plays in it. It outlives the streams: switching the voice keeps the element, the volume
 * and the moment on the event clock. It is a store for `useSyncExternalStore`.
 */
export class Player {
  readonly #media: HTMLMediaElement;
  readonly #serverNowMs: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #listening = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #snapshot: PlayerSnapshot = idlePlayer;
  #source: PlaybackSource | null = null;
  #engine: PlaybackEngine | null = null;
  #follower: LiveFollower | null = null;
  /** where nothing follows the edge (thin-data mode): the listener never went away from it, however late media comes */
  #isAtEdge = false;
  /** counts the sources, so that a library that loads late does not revive an old one */
  #generation = 0;
  #pendingMs: number | null = null;
  #keepsMoment = false;
  readonly #meter = new DataMeter();

  constructor(media: HTMLMediaElement, serverNowMs: () => number) {
    this.#media = media;
    this.#serverNowMs = serverNowMs;
    loadLibraryWhenIdle();
    this.#timer = setInterval(() => this.#refresh(), tellEveryMs);
    const { signal } = this.#listening;
    const phaseOf: Partial<Record<keyof HTMLMediaElementEventMap, PlayerPhase>> = {
      playing: 'playing',
      waiting: 'buffering',
      ended: 'ended',
    };
    for (const [event, phase] of Object.entries(phaseOf)) {
      media.addEventListener(event, () => this.#set({ phase }), { signal });
    }
    media.addEventListener('pause', () => this.#onPause(), { signal });
    media.addEventListener('volumechange', () => this.#refresh(), { signal });
    media.addEventListener('seeked', () => this.#refresh(), { signal });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = (): PlayerSnapshot => this.#snapshot;

  /**
   * Plays another source, or nothing. `atMs`: the moment on the event clock to begin at; null for the live edge, or the
   * start of a recording. `isKept`: it is the stream that played, at another node, and the viewer is behind on purpose.
   */
  async load(source: PlaybackSource | null, atMs: number | null, isKept = false): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#unload();
    this.#source = source;
    this.#pendingMs = atMs;
    this.#keepsMoment = isKept;
    this.#isAtEdge = source?.isLive === true;
    const { isMuted, volume, usedBytes } = this.#snapshot;
    this.#set({ ...idlePlayer, isMuted, volume, usedBytes });
    if (source === null) {
      return;
    }
    const Hls = await loadLibrary();
    if (generation !== this.#generation) {
      return;
    }
    const handlers = this.#engineHandlers();
    this.#engine = Hls.isSupported()
      ? new HlsEngine(Hls, this.#media, source, handlers)
      : new NativeEngine(this.#media, source, handlers);
    this.#follower = source.isLive && !source.isThin ? new LiveFollower(this.#media, this.#engine, source) : null;
    await this.play();
  }

  async play(): Promise<void> {
    if (this.#snapshot.phase === 'ended') {
      this.#media.currentTime = 0;
    }
    try {
      await this.#media.play();
    } catch (error) {
      // Any other failure is a source that was changed meanwhile.
      if (error instanceof DOMException && error.name === 'NotAllowedError') {
        this.#set({ phase: 'refused' });
      }
    }
  }

  pause(): void {
    this.#media.pause();
  }

  toggle(): void {
    if (this.#media.paused) {
      void this.play();
    } else {
      this.pause();
    }
  }

  goLive(): void {
    const liveTime = this.#engine?.liveTime() ?? null;
    if (this.#follower !== null) {
      this.#follower.goLive();
    } else if (liveTime !== null) {
      this.#media.currentTime = liveTime;
      this.#isAtEdge = true;
    }
    void this.play();
  }

  /** Goes to a moment on the event clock; close to the edge of a live stream this means live. */
  seekTo(dateMs: number): void {
    const window = this.#engine?.window() ?? null;
    const mediaSeconds = this.#engine?.timeAt(dateMs) ?? null;
    if (window === null || mediaSeconds === null) {
      this.#pendingMs = dateMs;
      return;
    }
    if (this.#source?.isLive && dateMs > this.#liveFromMs(window)) {
      this.goLive();
      return;
    }
    this.#leaveEdge();
    this.#media.currentTime = this.#engine?.timeAt(Math.max(window.startMs, dateMs)) ?? mediaSeconds;
    this.#refresh();
  }

  seekBy(seconds: number): void {
    const { positionMs } = this.#snapshot;
    if (positionMs !== null) {
      this.seekTo(positionMs + seconds * 1000);
    }
  }

  setHeight(height: number | null): void {
    this.#engine?.setHeight(height);
  }

  setVolume(volume: number): void {
    this.#media.volume = Math.min(1, Math.max(0, volume));
    this.#media.muted = volume <= 0;
  }

  toggleMuted(): void {
    this.#media.muted = !this.#media.muted;
  }

  close(): void {
    this.#generation += 1;
    clearInterval(this.#timer);
    this.#listening.abort();
    this.#meter.close();
    this.#unload();
    this.#listeners.clear();
  }

  #unload(): void {
    this.#follower?.close();
    this.#engine?.close();
    this.#follower = null;
    this.#engine = null;
  }

  #engineHandlers(): EngineHandlers {
    return {
      ready: () => this.#onReady(),
      levels: (heights, chosenHeight) => this.#set({ heights, chosenHeight }),
      troubled: () => this.#onTroubled(),
      grown: () => this.#follower?.mediaArrived(),
      recovered: () => this.#set({ isTroubled: false }),
      stepsChanged: () => this.#follower?.learnAnew(),
      gone: () => this.#set({ phase: 'gone' }),
    };
  }

  #onTroubled(): void {
    // Whoever had rewound comes back to the same moment, not to the edge.
    if (this.#follower?.isFollowing === false || this.#source?.isLive === false) {
      this.#pendingMs = this.#snapshot.positionMs;
    }
    this.#set({ isTroubled: true });
  }

  #onReady(): void {
    const wantedMs = this.#pendingMs;
    this.#pendingMs = null;
    const window = this.#engine?.window() ?? null;
    const place = placeToBegin({
      ...{ wantedMs, window, isKept: this.#keepsMoment },
      liveFromMs: this.#source?.isLive && window !== null ? this.#liveFromMs(window) : Number.POSITIVE_INFINITY,
    });
    const mediaSeconds = place?.at === 'moment' ? (this.#engine?.timeAt(place.momentMs) ?? null) : null;
    if (place !== null && wantedMs !== null && mediaSeconds === null) {
      this.seekTo(wantedMs);
    } else if (mediaSeconds !== null) {
      // Nothing is loaded yet, and nothing of the edge is: whoever follows a link to a moment is not shown what came after it.
      this.#leaveEdge();
      this.#engine?.startAt(mediaSeconds);
    }
    this.#refresh();
  }

  #onPause(): void {
    if (this.#snapshot.phase !== 'ended' && this.#source !== null) {
      // Whoever pauses goes on where they paused, behind the edge.
      this.#leaveEdge();
      this.#set({ phase: this.#media.ended ? 'ended' : 'paused' });
    }
  }

  #refresh(): void {
    const { muted: isMuted, volume, currentTime, readyState } = this.#media;
    const hasMedia = readyState >= HTMLMediaElement.HAVE_METADATA;
    const positionMs = hasMedia ? (this.#engine?.dateAt(currentTime) ?? null) : null;
    const latencySeconds =
      this.#source?.isLive && positionMs !== null ? (this.#serverNowMs() - positionMs) / 1000 : null;
    const isAtLive = this.#follower?.isFollowing ?? this.#isAtEdge;
    this.#set({
      usedBytes: this.#meter.bytes,
      isMuted,
      volume,
      positionMs,
      latencySeconds,
      isAtLive,
      window: this.#engine?.window() ?? null,
    });
  }

  /** From here on a moment means live: near the edge, or where nothing follows it, where the library itself plays. */
  #liveFromMs(window: PlayableWindow): number {
    const liveTime = this.#source?.isThin ? (this.#engine?.liveTime() ?? null) : null;
    const liveMs = liveTime === null ? null : (this.#engine?.dateAt(liveTime) ?? null);
    return liveMs ?? window.endMs - liveWithinMs;
  }

  #leaveEdge(): void {
    this.#follower?.release();
    this.#isAtEdge = false;
  }

  #set(changes: Partial<PlayerSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) {
      listener();
    }
  }
}
