import type { DesiredStream } from '../contract/snapshots';
import { GraceTimer } from './grace-timer';

/** How long a publisher that goes to another node may take to finish here. */
const farewellSeconds = 5;

/**
 * A publisher that was asked to go to another node finishes its session here first. So long, and some seconds at most, what
 * the web has moved does not end here.
 */
export class Farewell implements Disposable {
  #isLeaving = false;
  readonly #timer = new GraceTimer(() => this.left());

  /** @param onLeft the publisher has left, or had its time: what was held back may be done */
  constructor(private readonly onLeft: () => void) {}

  /** @param isOnAir whether there is anything to finish */
  begin(isOnAir: boolean): void {
    this.#isLeaving = isOnAir;
  }

  /** Whether what the web wants now has to wait; its time begins with the first word of it. */
  holdsBack({ action, home }: DesiredStream): boolean {
    const isHeldBack = this.#isLeaving && action === 'end' && home !== undefined;
    if (isHeldBack && !this.#timer.isRunning) {
      this.#timer.start(farewellSeconds);
    }
    return isHeldBack;
  }

  left(): void {
    if (this.#isLeaving) {
      this.#isLeaving = false;
      this.onLeft();
    }
  }

  [Symbol.dispose](): void {
    this.#timer.stop();
  }
}
