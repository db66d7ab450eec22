/** The playhead of a live playback may stand for so long while media lies ready behind it. */
const standsMsMax = 5000;
/** so much must have been published meanwhile: a stream that is interrupted gives a player nothing to do */
const publishedMsMin = 3000;
/** an answer that has not come by then will not come */
const answerMsMax = 20_000;

/** Which of the library's loaders asked: the picture's, or that of the sound beside it. */
export type MediaLoader = string;

/** What is seen of a live playback at one instant. All times in ms; `nowMs` of any steady clock. */
export type PlaybackLook = {
  nowMs: number;
  playheadSeconds: number;
  /** the newest media in the playlist, on the event clock; null before a playlist was read */
  edgeMs: number | null;
  /** paused, or refused by the browser: nobody expects it to move */
  isHeld: boolean;
};

/**
 * Notices a player that is wedged: its playhead stands, newer media is in the playlist, and it asks for none of it. After
 * a break of a stream hls.js was seen to wait for ever for the other track's first sample, with its playlists fresh; to
 * the fan that is a dead stream. A slow line is no wedge: there an answer is awaited.
 */
export class WedgeWatch {
  readonly #askedAtMs = new Map<MediaLoader, number>();
  #stood: { sinceMs: number; playheadSeconds: number; edgeMs: number } | null = null;

  /** A segment or part is being asked for. */
  asked(loader: MediaLoader, nowMs: number): void {
    this.#askedAtMs.set(loader, nowMs);
  }

  /** It came, or failed and will be asked for again. */
  answered(loader: MediaLoader): void {
    this.#askedAtMs.delete(loader);
  }

  /** True when the player is wedged. Whoever is told begins to play anew, so this does too. */
  look({ nowMs, playheadSeconds, edgeMs, isHeld }: PlaybackLook): boolean {
    if (isHeld || edgeMs === null) {
      this.#stood = null;
      return false;
    }
    if (this.#stood === null || this.#stood.playheadSeconds !== playheadSeconds || this.#isAwaiting(nowMs)) {
      this.#stood = { sinceMs: nowMs, playheadSeconds, edgeMs };
      return false;
    }
    const isWedged = nowMs - this.#stood.sinceMs > standsMsMax && edgeMs - this.#stood.edgeMs > publishedMsMin;
    if (isWedged) {
      this.#stood = null;
      this.#askedAtMs.clear();
    }
    return isWedged;
  }

  #isAwaiting(nowMs: number): boolean {
    return [...this.#askedAtMs.values()].some((askedAtMs) => nowMs - askedAtMs < answerMsMax);
  }
}
