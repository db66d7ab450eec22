import type { DesiredState } from '../contract/snapshots';
import type { WebLink } from '../control/web-link';
import type { Logger } from '../logger';
import { Drain } from './drain';
import type { StreamDirectory } from './stream-directory';
import type { WaysIn } from './ways-in';

/** How long live streams may finish on a node that an operator wants drained. */
const operatorDrainSeconds = 600;
/** How long publishers that were asked to move may take, before a node that is told to stop does. */
const moveSecondsMax = 10;

export type DepartureOptions = {
  /** how long live streams may finish; unset: 600 s when an operator asks, none when the process must stop */
  drainSeconds: number | undefined;
  logger: Logger;
  webLink: WebLink;
  waysIn: WaysIn;
  desired(): DesiredState | undefined;
  directory(): StreamDirectory | undefined;
  refusePublisher(streamId: string, code: 'draining', message: string): Promise<void>;
};

/** How a node gives its publishers to other nodes, before it stops or because an operator wants it. */
export class Departure implements Disposable {
  readonly #drain: Drain;
  /** streams whose encoders were sent away: they redial, and may reach this node again */
  readonly #sentAway = new Set<string>();
  #publishersChanged: (() => void) | undefined;

  constructor(private readonly options: DepartureOptions) {
    this.#drain = new Drain({
      operatorMs: (options.drainSeconds ?? operatorDrainSeconds) * 1000,
      logger: options.logger,
      askToMove: () => void this.#askToMove(),
    });
  }

  /** whether new streams are refused */
  get isOn(): boolean {
    return this.#drain.isOn;
  }

  /** An operator wants the node empty, or no longer wants it. */
  want(isWanted: boolean): void {
    this.#drain.want(isWanted);
  }

  publisherArrived(): void {
    this.#drain.publisherArrived();
  }

  /** A stream changed: a publisher that was waited for may be gone. */
  changed(): void {
    this.#publishersChanged?.();
  }

  /** Resolves when no publisher is left, when there is nowhere to go, or after a while. */
  async leave(): Promise<void> {
    const { webLink, drainSeconds = 0 } = this.options;
    const waitMs = drainSeconds * 1000;
    this.#drain.stop(waitMs);
    await webLink.exchangeNow();
    const isFutile = () => !webLink.isReachable || this.options.desired()?.hasRoomElsewhere !== true;
    if (this.#publisherCount === 0 || (waitMs === 0 && isFutile())) {
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs + moveSecondsMax * 1000);
      this.#publishersChanged = () => {
        if (this.#publisherCount === 0) {
          clearTimeout(timer);
          resolve();
        }
      };
    });
    await webLink.exchangeNow();
  }

  [Symbol.dispose](): void {
    this.#drain[Symbol.dispose]();
  }

  get #publisherCount(): number {
    return this.options.directory()?.publisherCount ?? 0;
  }

  /** Pages go to the node that the web names; encoders are sent away once, to redial the address that all nodes share. */
  async #askToMove(): Promise<void> {
    const { webLink, waysIn, desired, directory, refusePublisher } = this.options;
    // The web must know that this node drains before the first publisher asks it for another one.
    await webLink.exchangeNow();
    if (desired()?.hasRoomElsewhere !== true) {
      return;
    }
    for (const live of directory()?.published ?? []) {
      const { streamId } = live;
      if (live.ingestKind === 'websocket') {
        live.publisherAskedToMove();
        waysIn.askPageToMove(streamId);
      } else if (!this.#sentAway.has(streamId)) {
        this.#sentAway.add(streamId);
        await refusePublisher(streamId, 'draining', 'this node is about to stop: connect again');
        live.publisherLost();
      }
    }
  }
}
