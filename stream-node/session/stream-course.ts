import { isFinal, type StreamHappening, type StreamState, transition } from '../contract/stream-state';
import type { Logger } from '../logger';

/** The state that a stream has at this node: it changes by what happens, and by nothing else. */
export class StreamCourse {
  #state: StreamState = 'created';
  /** why there is no media now, in words for the broadcaster */
  reason: string | undefined;

  /** @param changed the web should hear of another state at once */
  constructor(
    private readonly logger: Logger,
    private readonly changed: () => void,
  ) {}

  get state(): StreamState {
    return this.#state;
  }

  /** Its last media is stored, and it takes no more; a parked one may be resumed, here or elsewhere, in a higher epoch. */
  get isOver(): boolean {
    return isFinal(this.#state) || this.#state === 'parked';
  }

  /** @returns whether it can happen in this state */
  happen(happening: StreamHappening): boolean {
    const next = transition(this.#state, happening);
    if (next === null) {
      return false;
    }
    if (next !== this.#state) {
      this.logger.info({ from: this.#state, to: next, happening }, 'stream state');
      this.#state = next;
      this.changed();
    }
    return true;
  }
}
