import type { FetchedPlaylist } from './hls-validator';

/** Fetches a live media playlist over and over, and keeps every version of it. */
export class PlaylistFollower {
  readonly versions: FetchedPlaylist[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(private readonly url: string) {
    this.#done = this.#follow();
  }

  /** Stops, and gives the versions, oldest first. */
  async stop(): Promise<readonly FetchedPlaylist[]> {
    this.#stop.abort();
    await this.#done;
    return this.versions;
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        const response = await fetch(this.url, { signal: this.#stop.signal });
        const text = await response.text();
        if (response.ok && text !== this.versions.at(-1)?.text) {
          this.versions.push({ text, fetchedAtMs: Date.now() });
        }
      } catch {
        // the node is being started again, or we were stopped
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  }
}
