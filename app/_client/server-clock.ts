import { type Answer, ClockTold } from '../../server/realtime/messages';

type Ask = (sentAtMs: number) => Promise<Answer<{ receivedAtMs: number }>>;

const rounds = 5;

/**
 * The web process's clock, NTP style: of several rounds the one with the least round trip wins. A page's own clock may
 * be wrong by minutes; what a page writes on the event clock must not be.
 */
export class ServerClock {
  private offsetMs = 0;
  private bestRoundTripMs = Number.POSITIVE_INFINITY;
  private readonly ask: Ask;
  private readonly pageNowMs: () => number;

  constructor(ask: Ask, pageNowMs: () => number = () => performance.timeOrigin + performance.now()) {
    this.ask = ask;
    this.pageNowMs = pageNowMs;
  }

  /** Unix milliseconds; the page's own clock until the first round is back. */
  nowMs(): number {
    return this.pageNowMs() + this.offsetMs;
  }

  /** Asks a few times. Called at each connect: the way there may have changed, so an old best round counts no more. */
  async measure(): Promise<void> {
    this.bestRoundTripMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1) {
      const sentAtMs = this.pageNowMs();
      const told = await this.ask(sentAtMs).then(
        (answer) => ClockTold.safeParse(answer),
        () => null,
      );
      if (told === null) {
        // the line went away; the next connect measures anew
        return;
      }
      const roundTripMs = this.pageNowMs() - sentAtMs;
      if (told.success && roundTripMs < this.bestRoundTripMs) {
        this.bestRoundTripMs = roundTripMs;
        this.offsetMs = told.data.receivedAtMs - (sentAtMs + roundTripMs / 2);
      }
    }
  }
}
