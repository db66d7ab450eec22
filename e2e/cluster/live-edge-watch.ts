/** A fan without a picture: follows the live playlist wherever the stream is, and notes how long nothing new came. */
export class LiveEdgeWatch implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #isAsking = false;
  #edgeMs = 0;
  #advancedAtMs = Date.now();
  #longestMs = 0;
  #playlistUrl = '';
  #master: string | null = null;

  /** @param where the URL of the live multivariant playlist as the event's page would be told it now, or null */
  constructor(private readonly where: () => Promise<string | null>) {
    this.#timer = setInterval(() => void this.#look(), 100);
  }

  /** event-clock time of the newest media, unix milliseconds; 0 before the first */
  get edgeMs(): number {
    return this.#edgeMs;
  }

  /** of the media playlist that was read last */
  get playlistUrl(): string {
    return this.#playlistUrl;
  }

  /** The longest time without new media since it was asked for last, the current one included. */
  takeLongestSilenceMs(): number {
    const longest = Math.max(this.#longestMs, Date.now() - this.#advancedAtMs);
    this.#longestMs = 0;
    return longest;
  }

  async #look(): Promise<void> {
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    try {
      // Fans play on where they were while nobody can tell them anything new.
      this.#master = (await withinMs(this.where(), 500)) ?? this.#master;
      const playlistUrl = this.#master?.replace(/index\.m3u8$/, '90p/media.m3u8');
      if (playlistUrl !== undefined) {
        const response = await fetch(playlistUrl, { signal: AbortSignal.timeout(1000) });
        this.#read(playlistUrl, response.ok ? await response.text() : '');
      }
    } catch {
      // The node is away: the next look may find another one.
    } finally {
      this.#isAsking = false;
    }
  }

  #read(playlistUrl: string, playlist: string): void {
    const edgeMs = edgeOf(playlist);
    if (edgeMs > this.#edgeMs) {
      const nowMs = Date.now();
      this.#longestMs = Math.max(this.#longestMs, nowMs - this.#advancedAtMs);
      this.#advancedAtMs = nowMs;
      this.#edgeMs = edgeMs;
      this.#playlistUrl = playlistUrl;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** What it resolves to; null where it fails, or takes longer. */
async function withinMs<Value>(answer: Promise<Value>, ms: number): Promise<Value | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, ms, null));
  return await Promise.race([answer.catch(() => null), late]);
}

/** Where a live media playlist ends on the event clock, unix milliseconds; 0 for none. */
function edgeOf(playlist: string): number {
  let edgeMs = 0;
  for (const line of playlist.split('\n')) {
    const date = /^#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(line)?.[1];
    const seconds = /^#EXTINF:([\d.]+)/.exec(line)?.[1];
    if (date !== undefined) {
      edgeMs = Date.parse(date);
    } else if (seconds !== undefined) {
      edgeMs += Number(seconds) * 1000;
    }
  }
  const open = playlist.slice(playlist.lastIndexOf('#EXTINF'));
  const parts = [...open.matchAll(/#EXT-X-PART:DURATION=([\d.]+)/g)];
  return edgeMs + parts.reduce((sum, [, seconds]) => sum + Number(seconds) * 1000, 0);
}

/** What of `stretches` a recorded media playlist does not show, in milliseconds of its longest hole; 0: nothing is missing. */
export function longestMissingMs(playlist: string, stretches: readonly { startMs: number; endMs: number }[]): number {
  const shown: { startMs: number; endMs: number }[] = [];
  let startMs = Number.NaN;
  for (const line of playlist.split('\n')) {
    const date = /^#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(line)?.[1];
    const seconds = /^#EXTINF:([\d.]+)/.exec(line)?.[1];
    if (date !== undefined) {
      startMs = Date.parse(date);
    } else if (seconds !== undefined) {
      shown.push({ startMs, endMs: startMs + Number(seconds) * 1000 });
    }
  }
  shown.sort((a, b) => a.startMs - b.startMs);
  let longest = 0;
  for (const stretch of stretches) {
    let reachedMs = stretch.startMs;
    for (const each of shown) {
      if (each.endMs > reachedMs && each.startMs < stretch.endMs) {
        longest = Math.max(longest, each.startMs - reachedMs);
        reachedMs = each.endMs;
      }
    }
    longest = Math.max(longest, stretch.endMs - reachedMs);
  }
  return longest;
}
