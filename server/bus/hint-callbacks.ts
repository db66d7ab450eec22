import type { Logger } from '../logger';
import { type Bus, RoomHint } from './bus';

/** Who wants to hear what a bus hears. */
export class HintCallbacks implements Pick<Bus, 'onHint' | 'onReconnect'> {
  readonly #onHint = new Set<(hint: RoomHint) => void>();
  readonly #onReconnect = new Set<() => void>();
  #connections = 0;

  constructor(private readonly logger: Logger) {}

  onHint(callback: (hint: RoomHint) => void): () => void {
    this.#onHint.add(callback);
    return () => this.#onHint.delete(callback);
  }

  onReconnect(callback: () => void): () => void {
    this.#onReconnect.add(callback);
    return () => this.#onReconnect.delete(callback);
  }

  /** A message came. Anybody at the database or at Redis can send one, so it is checked. */
  hear(payload: string): void {
    let hint: RoomHint;
    try {
      hint = RoomHint.parse(JSON.parse(payload));
    } catch (error) {
      this.logger.warn({ err: error }, 'a notification that is not a room hint');
      return;
    }
    for (const callback of this.#onHint) {
      callback(hint);
    }
  }

  /** A connection stands; every one but the first comes after a break. */
  connected(): void {
    this.#connections += 1;
    if (this.#connections > 1) {
      for (const callback of this.#onReconnect) {
        callback();
      }
    }
  }
}
