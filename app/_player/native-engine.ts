import type { EngineHandlers, PlayableWindow, PlaybackEngine, PlaybackSource } from './playback-engine';

/** Plays through the browser's own HLS: only where there is neither MSE nor ManagedMediaSource (older iPhones). */
export class NativeEngine implements PlaybackEngine {
  readonly #media: HTMLMediaElement & { getStartDate?: () => Date };
  readonly #listening = new AbortController();

  constructor(media: HTMLMediaElement, source: PlaybackSource, handlers: EngineHandlers) {
    this.#media = media;
    const { signal } = this.#listening;
    media.addEventListener('loadedmetadata', handlers.ready, { signal });
    media.addEventListener('playing', handlers.recovered, { signal });
    media.addEventListener('progress', handlers.grown, { signal });
    media.addEventListener('error', handlers.troubled, { signal });
    media.src = source.url;
  }

  dateAt(mediaSeconds: number): number | null {
    const startMs = this.#media.getStartDate?.().getTime() ?? Number.NaN;
    return Number.isNaN(startMs) ? null : startMs + mediaSeconds * 1000;
  }

  timeAt(dateMs: number): number | null {
    const zeroMs = this.dateAt(0);
    return zeroMs === null ? null : (dateMs - zeroMs) / 1000;
  }

  window(): PlayableWindow | null {
    const { seekable } = this.#media;
    if (seekable.length === 0) {
      return null;
    }
    const startMs = this.dateAt(seekable.start(0));
    const endMs = this.dateAt(seekable.end(seekable.length - 1));
    return startMs === null || endMs === null ? null : { startMs, endMs };
  }

  liveTime(): number | null {
    const { seekable } = this.#media;
    return seekable.length === 0 ? null : seekable.end(seekable.length - 1);
  }

  /** The browser keeps its playlists to itself. */
  edgeTime(): null {
    return null;
  }

  startAt(mediaSeconds: number): void {
    this.#media.currentTime = mediaSeconds;
  }

  /** The browser chooses by itself. */
  setHeight(): void {}

  close(): void {
    this.#listening.abort();
    this.#media.removeAttribute('src');
    this.#media.load();
  }
}
