import type { LatencyProfile } from '../../stream-node/contract/profiles';

/**
 * Keeps a live player as close to the edge as its line allows. hls.js by itself stops catching up at one second of buffer,
 * which is most of our delay, so the rate is set here and hls.js is told to leave it alone.
 *
 * One number is steered: the **lag**, wall clock minus media time (its zero is arbitrary, its differences are not). When
 * new media arrives, the media before it had to last until that moment: a player that lags by less than
 * `arrival − end of the media before` would have run dry. That is the **need** of an arrival, and it holds everything: the
 * length of a part, the round trips of playlist and part, the jitter of both. The lag that is aimed at is the usual need
 * plus a margin, or the worst recent need plus a smaller one, whichever is more; each stall adds to the former for a while, so
 * that one whose cause was seen does not count twice.
 */

/**
 * One growth of the buffer: when, and where it ended before and after, in media seconds. `edge`: where the newest playlist
 * ended then, where that is known.
 */
export type Arrival = { atSeconds: number; endBefore: number; endAfter: number; edge?: number | null };

export type LatencyTargets = {
  /** kept above the usual need of an arrival, in seconds */
  marginSeconds: number;
  /** kept above the worst need of late, in seconds; Chromium runs dry 50 ms before what is buffered ends */
  guardSeconds: number;
  /** for so long an arrival is remembered */
  memorySeconds: number;
  /** what ends farther from the edge than this was fetched late, in seconds: some more than a part */
  nearEdgeSeconds: number;
};

/**
 * The margins of a stream's profile. Sound alone has longer parts and waits a little more for each.
 *
 * A line that has a hiccup every ten seconds is still expecting the next one. Whoever wants the shortest delay does not wait
 * that long for a hiccup that may never come again.
 */
export function latencyTargets(kind: 'audio' | 'video', profile: LatencyProfile): LatencyTargets {
  if (kind === 'audio') {
    return { marginSeconds: 0.4, guardSeconds: 0.15, memorySeconds: 12, nearEdgeSeconds: 0.8 };
  }
  return profile === 'balanced'
    ? { marginSeconds: 0.24, guardSeconds: 0.1, memorySeconds: 12, nearEdgeSeconds: 0.5 }
    : { marginSeconds: 0.14, guardSeconds: 0.1, memorySeconds: 8, nearEdgeSeconds: 0.32 };
}

/** a need above the usual by more than this is an outage, not the line's habit: nobody waits for the next one */
const outageSeconds = 2;
/** what arrives after an outage comes in a rush; it is over when the needs are nearly usual again */
const outageOverSeconds = 0.2;
/** what arrives late for longer than this comes from farther away now */
const outageSecondsMax = 5;
/** a player that is behind the edge for longer than this has a line that brings everything late */
const lateSecondsMax = 5;
const arrivalsWanted = 4;
const pacedWanted = 2;
/** media that took this share of its own length to come was not there before */
const paceMin = 0.6;
const stallSeconds = 0.15;
const stallSecondsMax = 0.9;
/** a stall is forgotten within eight seconds, many of them within a minute */
const stallDecayPerSecond = 0.02;

type Need = { atSeconds: number; lagSeconds: number };

/** The lag to aim at, from what arrived. */
export class LagTarget {
  readonly #targets: LatencyTargets;
  #needs: Need[] = [];
  #outageSinceSeconds: number | null = null;
  #lateSinceSeconds: number | null = null;
  #previousAtSeconds: number | null = null;
  #pacedInRow = 0;
  /** the arrivals that followed each other faster than they play: since when the first was awaited, and their length */
  #rush: { sinceSeconds: number; seconds: number } | null = null;
  #stall = { seconds: 0, atSeconds: 0 };

  constructor(targets: LatencyTargets) {
    this.#targets = targets;
  }

  arrived({ atSeconds, endBefore, endAfter, edge = null }: Arrival): void {
    // Media that lies apart from what was there is a jump (a seek, a discontinuity): it says nothing about the line.
    if (endAfter <= endBefore || endAfter - endBefore > outageSeconds * 2) {
      return;
    }
    const wasPaced = this.#isPaced(atSeconds, endAfter - endBefore);
    this.#previousAtSeconds = atSeconds;
    if (!wasPaced || this.#isFetchedLate(atSeconds, edge === null ? 0 : edge - endAfter)) {
      return;
    }
    const lagSeconds = atSeconds - endBefore;
    const excessSeconds = lagSeconds - (this.#usual() ?? lagSeconds);
    if (this.#isOutage(excessSeconds, atSeconds)) {
      return;
    }
    this.#needs.push({ atSeconds, lagSeconds });
    this.#needs = this.#needs.filter((need) => atSeconds - need.atSeconds < this.#targets.memorySeconds);
  }

  stalled(atSeconds: number): void {
    this.#stall = { seconds: Math.min(stallSecondsMax, this.#stallAt(atSeconds) + stallSeconds), atSeconds };
  }

  /** After a seek the media clock may lie elsewhere; the needs are learnt anew. */
  forget(): void {
    this.#needs = [];
    this.#outageSinceSeconds = null;
    this.#lateSinceSeconds = null;
    this.#previousAtSeconds = null;
    this.#pacedInRow = 0;
    this.#rush = null;
  }

  /** Null until enough has arrived to tell. */
  at(nowSeconds: number): number | null {
    const usual = this.#usual();
    if (usual === null) {
      return null;
    }
    const worst = this.#needs.reduce((most, need) => Math.max(most, need.lagSeconds), usual);
    const { marginSeconds, guardSeconds } = this.#targets;
    return Math.max(usual + marginSeconds + this.#stallAt(nowSeconds), worst + guardSeconds);
  }

  /**
   * A player that joins is handed media that lay ready, faster than it plays; how late that came says nothing. Arrivals
   * count once two in a row came at the pace of their own length. Where every other playlist is left out, parts come in
   * pairs: one that follows faster than its length belongs to those before it, and together they are judged.
   */
  #isPaced(atSeconds: number, grownSeconds: number): boolean {
    if (this.#pacedInRow < pacedWanted) {
      const { previous, rush } = { previous: this.#previousAtSeconds, rush: this.#rush };
      const follows = previous === null || atSeconds - previous < grownSeconds * paceMin;
      const { sinceSeconds, seconds } = follows
        ? { sinceSeconds: rush?.sinceSeconds ?? atSeconds, seconds: (rush?.seconds ?? 0) + grownSeconds }
        : { sinceSeconds: previous, seconds: grownSeconds };
      this.#rush = { sinceSeconds, seconds };
      const isPaced = atSeconds - sinceSeconds >= seconds * paceMin;
      this.#pacedInRow = isPaced ? this.#pacedInRow + (follows ? 0 : 1) : 0;
    }
    return this.#pacedInRow >= pacedWanted;
  }

  /**
   * What was there before and is only fetched now, by a player that begins or catches up, tells nothing about the line: it could
   * have come earlier.
   */
  #isFetchedLate(atSeconds: number, behindEdgeSeconds: number): boolean {
    if (behindEdgeSeconds <= this.#targets.nearEdgeSeconds) {
      this.#lateSinceSeconds = null;
      return false;
    }
    this.#lateSinceSeconds ??= atSeconds;
    return atSeconds - this.#lateSinceSeconds <= lateSecondsMax;
  }

  /** Far more than usual is an outage and what follows from it; when it lasts, it is the new usual. */
  #isOutage(excessSeconds: number, atSeconds: number): boolean {
    const isFar = excessSeconds > (this.#outageSinceSeconds === null ? outageSeconds : outageOverSeconds);
    if (!isFar) {
      this.#outageSinceSeconds = null;
      return false;
    }
    this.#outageSinceSeconds ??= atSeconds;
    if (atSeconds - this.#outageSinceSeconds > outageSecondsMax) {
      this.forget();
      return false;
    }
    return true;
  }

  #stallAt(nowSeconds: number): number {
    return Math.max(0, this.#stall.seconds - (nowSeconds - this.#stall.atSeconds) * stallDecayPerSecond);
  }

  /** The median: half of the arrivals need less. */
  #usual(): number | null {
    if (this.#needs.length < arrivalsWanted) {
      return null;
    }
    const sorted = this.#needs.map((need) => need.lagSeconds).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }
}

export type Steering = { rate: number; jumpSeconds: number };

const rateMax = 1.25;
const rateMin = 0.95;
/** further behind than this, a jump is kinder than many seconds of hurried speech */
const jumpAboveSeconds = 1;

/** what a jump leaves ahead of the playhead */
const keptSeconds = 0.4;
/** with less ahead than this, hurrying only brings the stall nearer: what is awaited is not here yet */
const hurryAboveSeconds = 0.15;

/** from here on something is done, and until `settled` it goes on: at the border the rate would change all the time */
const behindSeconds = 0.04;
const aheadSeconds = -0.08;
const settledSeconds = 0.01;

/**
 * What to do about a lag: play a little faster or slower, or jump. `excessSeconds`: lag minus its target;
 * `bufferedSeconds`: what lies ahead of the playhead; `rate`: at which it plays now.
 */
export function steer(excessSeconds: number, bufferedSeconds: number, rate = 1): Steering {
  const jumpSeconds = Math.min(excessSeconds, bufferedSeconds - keptSeconds);
  if (excessSeconds > jumpAboveSeconds && jumpSeconds > jumpAboveSeconds / 2) {
    return { rate: 1, jumpSeconds };
  }
  if (excessSeconds > (rate > 1 ? settledSeconds : behindSeconds)) {
    const isDry = bufferedSeconds < hurryAboveSeconds;
    return { rate: isDry ? 1 : Math.min(rateMax, 1.02 + excessSeconds / 2), jumpSeconds: 0 };
  }
  return { rate: excessSeconds < (rate < 1 ? -settledSeconds : aheadSeconds) ? rateMin : 1, jumpSeconds: 0 };
}
