import { z } from 'zod';
import { ScoreSheet } from './match-info';

/** A score from its moment on, until the next one. */
export const ScoreChange = z.object({
  /** counts up by one per event, without a gap */
  sequence: z.int().min(1),
  /** on the event clock; a page shows it when its own playhead gets there */
  atMs: z.number(),
  sheet: ScoreSheet,
});
export type ScoreChange = z.infer<typeof ScoreChange>;

/** How the feed is doing. */
export const FeedState = z.object({
  /** the last score is kept, but its feed does not answer well any more */
  isStale: z.boolean(),
  /** when the feed last answered well; null: never yet */
  fetchedAtMs: z.number().nullable(),
  /** what is wrong with it, for whoever can mend it */
  fault: z.string().nullable(),
});
export type FeedState = z.infer<typeof FeedState>;

/** The most changes in one answer. */
export const scoreChangesMax = 40;

/** The newest changes, ascending, and the state of the feed. */
export const ScoreNow = z.object({ changes: z.array(ScoreChange), feed: FeedState });
export type ScoreNow = z.infer<typeof ScoreNow>;

/**
 * The score at a moment: the change that stands then, and those that follow it. It says nothing about moments from `untilMs`
 * on; null: there is nothing later.
 */
export const ScoreThen = z.object({ changes: z.array(ScoreChange), untilMs: z.number().nullable() });
export type ScoreThen = z.infer<typeof ScoreThen>;
