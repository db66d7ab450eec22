import type { Queryable } from '../../db/client';
import { linesAfter, newestLines } from '../chat/chat-lines';
import { type ChatLine, chatLinesMax } from './messages';

/** How far behind a page may be and still get every line; further back it starts its list anew. */
const catchUpLinesMax = 5000;

/**
 * The end of an event's chat as this process has told it: the newest lines in memory, and the last sequence that was
 * given to the room. New lines are read from the rows after it, in order, so nothing is skipped or told twice.
 */
export class ChatTail {
  #lines: ChatLine[] = [];
  #lastSequence = 0;
  #reading: Promise<void> | undefined;
  #readAgain = false;

  constructor(
    private readonly db: Queryable,
    private readonly eventId: string,
    /** called with the lines that follow what was told before, without a gap */
    private readonly tell: (lines: ChatLine[]) => void,
  ) {}

  async open(): Promise<void> {
    this.#lines = await newestLines(this.db, this.eventId, chatLinesMax);
    this.#lastSequence = this.#lines.at(-1)?.sequence ?? 0;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** The newest lines, ascending. */
  newest(count: number): ChatLine[] {
    return this.#lines.slice(-count);
  }

  /** Reads what is new and tells it. Calls meanwhile are one more reading. */
  readNew(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Lines that were told have changed: whoever joins from now on is not shown what they were. */
  async reread(): Promise<void> {
    const lines = await newestLines(this.db, this.eventId, chatLinesMax);
    const last = Math.min(lines.at(-1)?.sequence ?? 0, this.#lastSequence);
    const toldMeanwhile = this.#lines.filter((line) => line.sequence > last);
    this.#lines = [...lines.filter((line) => line.sequence <= last), ...toldMeanwhile];
    await this.readNew();
  }

  async #read(): Promise<void> {
    while (this.#readAgain) {
      this.#readAgain = false;
      const lines = await linesAfter(this.db, this.eventId, this.#lastSequence, chatLinesMax);
      const last = lines.at(-1);
      if (last !== undefined) {
        this.#lines = [...this.#lines, ...lines].slice(-chatLinesMax);
        this.#lastSequence = last.sequence;
        this.tell(lines);
        this.#readAgain ||= lines.length === chatLinesMax;
      }
    }
  }

  /**
   * Gives every line after a sequence, up to the last that was told, or `null` when there are too many. `deliver` runs in
   * one breath with the end of the list: nothing is told between, so whoever begins to listen in it misses nothing and
   * hears nothing twice.
   */
  async catchUp(afterSequence: number, deliver: (lines: ChatLine[] | null) => void): Promise<void> {
    const lines: ChatLine[] = [];
    let last = afterSequence;
    while (last + 1 < (this.#lines[0]?.sequence ?? 0)) {
      const batch = await linesAfter(this.db, this.eventId, last, chatLinesMax);
      const batchLast = batch.at(-1);
      if (batchLast === undefined) {
        break;
      }
      lines.push(...batch);
      last = batchLast.sequence;
      if (lines.length > catchUpLinesMax) {
        deliver(null);
        return;
      }
    }
    const told = lines.filter((line) => line.sequence <= this.#lastSequence);
    deliver([...told, ...this.#lines.filter((line) => line.sequence > last)]);
  }
}
