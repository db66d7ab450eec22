import type { RtpPacket } from './rtp-packet';

export type ReorderOptions = {
  /** how long a missing packet is waited for, in milliseconds */
  patienceMs: number;
};

/** Packets held behind a gap; more, and the gap is given up. */
const heldMax = 1024;
/** A sequence further ahead than this is not a gap but another count. */
const jumpMax = 3000;
/** A packet is asked for again after this, in milliseconds: longer than most round trips. */
const askAgainMs = 50;
const askedTimesMax = 6;
/** What one request names at most. */
const askedAtOnceMax = 200;

/** Puts the packets of one track in order, says which to ask for again, and tells where some are lost for good. */
export class ReorderBuffer {
  /** by extended sequence */
  readonly #held = new Map<number, RtpPacket>();
  readonly #asked = new Map<number, { times: number; atMs: number }>();
  /** the extended sequence that is due */
  #next: number | null = null;
  #highest = 0;
  #waitingSinceMs: number | null = null;
  #received = 0;
  #lost = 0;

  constructor(private readonly options: ReorderOptions) {}

  /** Packets that came, without duplicates and late ones. */
  get receivedCount(): number {
    return this.#received;
  }

  /** Packets that were given up. */
  get lostCount(): number {
    return this.#lost;
  }

  /** The highest sequence so far, extended by the count of wraps. */
  get highestSequence(): number {
    return this.#highest;
  }

  /** Takes in a packet and gives what is due by now, in order; `lost` stands where packets are missing for good. */
  add(packet: RtpPacket, nowMs: number): (RtpPacket | 'lost')[] {
    this.#next ??= packet.sequence;
    const ahead = ((packet.sequence - this.#next) << 16) >> 16;
    const isJump = Math.abs(ahead) > jumpMax;
    if (isJump) {
      this.#held.clear();
      this.#asked.clear();
      this.#next = packet.sequence;
      this.#highest = packet.sequence;
    }
    const extended = isJump ? packet.sequence : this.#next + ahead;
    if (extended < this.#next || this.#held.has(extended)) {
      return [];
    }
    this.#received += 1;
    this.#held.set(extended, packet);
    this.#highest = Math.max(this.#highest, extended);
    return isJump ? ['lost', ...this.due(nowMs)] : this.due(nowMs);
  }

  /** What is due by now, for when no packet comes. */
  due(nowMs: number): (RtpPacket | 'lost')[] {
    const out: (RtpPacket | 'lost')[] = [];
    while (this.#next !== null && this.#held.size > 0) {
      const packet = this.#held.get(this.#next);
      if (packet !== undefined) {
        this.#held.delete(this.#next);
        this.#asked.delete(this.#next);
        this.#next += 1;
        this.#waitingSinceMs = null;
        out.push(packet);
        continue;
      }
      this.#waitingSinceMs ??= nowMs;
      if (nowMs - this.#waitingSinceMs < this.options.patienceMs && this.#held.size <= heldMax) {
        break;
      }
      const first = Math.min(...this.#held.keys());
      this.#lost += first - this.#next;
      this.#next = first;
      this.#waitingSinceMs = null;
      this.#asked.clear();
      out.push('lost');
    }
    return out;
  }

  /** Sequences to ask for now, ascending. */
  missing(nowMs: number): number[] {
    const sequences: number[] = [];
    if (this.#next === null || this.#held.size === 0) {
      return sequences;
    }
    for (let extended = this.#next; extended < this.#highest && sequences.length < askedAtOnceMax; extended += 1) {
      const asked = this.#asked.get(extended) ?? { times: 0, atMs: Number.NEGATIVE_INFINITY };
      if (!this.#held.has(extended) && asked.times < askedTimesMax && nowMs - asked.atMs >= askAgainMs) {
        this.#asked.set(extended, { times: asked.times + 1, atMs: nowMs });
        sequences.push(extended & 0xffff);
      }
    }
    return sequences;
  }
}
