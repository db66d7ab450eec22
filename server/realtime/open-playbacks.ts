/** How long a playback outlives its socket: the time a page needs to connect again and name the playback once more. */
export const playbackGraceMs = 4000;
/** Playbacks one socket may hold: a page plays one stream, and for a moment two while it switches. */
export const playbacksPerSocketMax = 4;

/** How long what a player said of its delay holds; it says so every few seconds while it follows the live edge. */
export const delayFreshMs = 8000;

type Playback = {
  streamId: string;
  socketId: string;
  endsAtMs: number | null;
  delay: { ms: number; toldAtMs: number } | null;
};

/** How far behind the event clock players are that follow the live edge, from the least to the greatest. */
export type ObservedDelays = { delaysMs: number[]; players: number };

/** The most delays that are told of a stream: of more players, as many evenly chosen ones. */
const delaysToldMax = 200;

/**
 * The open players of this web process. A playback belongs to the socket that started it last; it ends when it is
 * stopped, when its page says that it left, or a short grace after its socket is gone. Counted, never added up.
 */
export class OpenPlaybacks {
  readonly #playbacks = new Map<string, Playback>();
  readonly #heldBySocket = new Map<string, Set<string>>();
  readonly #nowMs: () => number;
  readonly #graceMs: number;

  constructor(options: { nowMs?: () => number; graceMs?: number } = {}) {
    this.#nowMs = options.nowMs ?? Date.now;
    this.#graceMs = options.graceMs ?? playbackGraceMs;
  }

  /** False when the socket holds as many as it may. The same playback again moves to this socket and stream. */
  start(playbackId: string, streamId: string, socketId: string): boolean {
    const held = this.#heldBySocket.get(socketId) ?? new Set();
    if (!held.has(playbackId) && held.size >= playbacksPerSocketMax) {
      return false;
    }
    this.stop(playbackId);
    this.#heldBySocket.set(socketId, held.add(playbackId));
    this.#playbacks.set(playbackId, { streamId, socketId, endsAtMs: null, delay: null });
    return true;
  }

  /** Ends a playback at once. Its id is known to its page alone. */
  stop(playbackId: string): void {
    const playback = this.#playbacks.get(playbackId);
    if (playback === undefined) {
      return;
    }
    this.#playbacks.delete(playbackId);
    const held = this.#heldBySocket.get(playback.socketId);
    held?.delete(playbackId);
    if (held?.size === 0) {
      this.#heldBySocket.delete(playback.socketId);
    }
  }

  /** A socket is gone; its playbacks wait for it through the grace. */
  socketGone(socketId: string): void {
    for (const playbackId of this.#heldBySocket.get(socketId) ?? []) {
      const playback = this.#playbacks.get(playbackId);
      if (playback !== undefined) {
        playback.endsAtMs = this.#nowMs() + this.#graceMs;
      }
    }
  }

  /** A live player says how far behind it is; from any socket but its own it is not believed. */
  tellDelay(playbackId: string, socketId: string, delayMs: number): void {
    const playback = this.#playbacks.get(playbackId);
    if (playback?.socketId === socketId) {
      playback.delay = { ms: delayMs, toldAtMs: this.#nowMs() };
    }
  }

  /** The delays of the live players here, by stream. */
  delaysByStream(): Map<string, ObservedDelays> {
    const oldestMs = this.#nowMs() - delayFreshMs;
    const delays = new Map<string, number[]>();
    for (const { streamId, delay } of this.#playbacks.values()) {
      if (delay !== null && delay.toldAtMs > oldestMs) {
        const ofStream = delays.get(streamId) ?? [];
        ofStream.push(Math.round(delay.ms));
        delays.set(streamId, ofStream);
      }
    }
    return new Map([...delays].map(([streamId, told]) => [streamId, evenlyChosen(told.sort((a, b) => a - b))]));
  }

  /** Viewers by stream, with the playbacks dropped whose grace is over. */
  viewersByStream(): Map<string, number> {
    const nowMs = this.#nowMs();
    const viewers = new Map<string, number>();
    for (const [id, playback] of this.#playbacks) {
      if (playback.endsAtMs !== null && playback.endsAtMs <= nowMs) {
        this.stop(id);
      } else {
        viewers.set(playback.streamId, (viewers.get(playback.streamId) ?? 0) + 1);
      }
    }
    return viewers;
  }
}

function evenlyChosen(sorted: number[]): ObservedDelays {
  const players = sorted.length;
  if (players <= delaysToldMax) {
    return { delaysMs: sorted, players };
  }
  const step = (players - 1) / (delaysToldMax - 1);
  return { delaysMs: Array.from({ length: delaysToldMax }, (_, i) => sorted[Math.round(i * step)] ?? 0), players };
}
