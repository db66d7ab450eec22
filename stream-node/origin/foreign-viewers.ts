import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock';
import { targetDurationSeconds } from '../contract/profiles';

/** How long a player counts after its last request for a playlist. */
export const foreignViewerLastsMs = 3 * targetDurationSeconds * 1000;
const userAgentLengthMax = 200;
const sessionsMax = 100_000;

/**
 * Counts the players that are not ours: one for each address and user agent whose requests come from no page of ours.
 * Our own pages are counted by presence, in the web process. Addresses are kept in memory only, and only for as long as
 * they count.
 */
export class ForeignViewers {
  readonly #lastSeenMs = new Map<string, Map<string, number>>();
  #sessions = 0;

  constructor(private readonly options: { clock: Clock; webOrigins: () => readonly string[] }) {}

  /** Notes a request for a live media playlist. */
  see(streamId: string, request: IncomingMessage): void {
    if (this.#isOurs(request)) {
      return;
    }
    const userAgent = (request.headers['user-agent'] ?? '').slice(0, userAgentLengthMax);
    const session = `${request.socket.remoteAddress ?? ''} ${userAgent}`;
    const ofStream = this.#lastSeenMs.get(streamId) ?? new Map<string, number>();
    if (!ofStream.has(session)) {
      if (this.#sessions >= sessionsMax) {
        this.#dropAllExpired();
      }
      if (this.#sessions >= sessionsMax) {
        return;
      }
      this.#sessions += 1;
    }
    this.#lastSeenMs.set(streamId, ofStream);
    ofStream.set(session, this.options.clock.nowMs());
  }

  /** How many foreign players watch the stream now. */
  count(streamId: string): number {
    this.#dropExpired(streamId);
    return this.#lastSeenMs.get(streamId)?.size ?? 0;
  }

  #isOurs({ headers }: IncomingMessage): boolean {
    const named = headers.origin ?? headers.referer;
    if (named === undefined) {
      return false;
    }
    const origins = this.options.webOrigins();
    return origins.includes(named) || (URL.canParse(named) && origins.includes(new URL(named).origin));
  }

  #dropAllExpired(): void {
    for (const streamId of [...this.#lastSeenMs.keys()]) {
      this.#dropExpired(streamId);
    }
  }

  #dropExpired(streamId: string): void {
    const ofStream = this.#lastSeenMs.get(streamId);
    const oldestMs = this.options.clock.nowMs() - foreignViewerLastsMs;
    for (const [session, lastSeenMs] of ofStream ?? []) {
      if (lastSeenMs < oldestMs) {
        ofStream?.delete(session);
        this.#sessions -= 1;
      }
    }
    if (ofStream?.size === 0) {
      this.#lastSeenMs.delete(streamId);
    }
  }
}
