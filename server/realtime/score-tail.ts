import type { Queryable } from '../../db/client';
import { feedState, getScore, scoreChangesAfter } from '../score/read-score';
import { type FeedState, type ScoreChange, type ScoreNow, scoreChangesMax } from '../score/score-view';

/**
 * The score of an event as this process has told it. New changes are read from the rows after the last one, in order, so
 * none is skipped or told twice.
 */
export class ScoreTail {
  #changes: ScoreChange[] = [];
  #feed: FeedState = { isStale: false, fetchedAtMs: null, fault: null };
  #reading: Promise<void> | undefined;
  #readAgain = false;

  constructor(
    private readonly db: Queryable,
    private readonly eventId: string,
    /** called with the changes that follow what was told before, or none when only the feed's state is another */
    private readonly tell: (news: ScoreNow) => void,
  ) {}

  async open(): Promise<void> {
    const { changes, feed } = await getScore({ db: this.db }, { eventId: this.eventId });
    this.#changes = changes;
    this.#feed = feed;
  }

  /** What a page that joins is shown. */
  get now(): ScoreNow {
    return { changes: this.#changes, feed: this.#feed };
  }

  /** Reads what is new and tells it. Calls meanwhile are one more reading. */
  readNew(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    while (this.#readAgain) {
      this.#readAgain = false;
      const changes = await scoreChangesAfter(this.db, this.eventId, this.#changes.at(-1)?.sequence ?? 0);
      const feed = await feedState(this.db, this.eventId);
      const isOtherState = feed.isStale !== this.#feed.isStale || feed.fault !== this.#feed.fault;
      this.#changes = [...this.#changes, ...changes].slice(-scoreChangesMax);
      this.#feed = feed;
      if (changes.length > 0 || isOtherState) {
        this.tell({ changes, feed });
      }
      this.#readAgain ||= changes.length === scoreChangesMax;
    }
  }
}
