import type { ScoreChange, ScoreThen } from '../../server/score/score-view';

/** What a page was told of an earlier time: it holds from the moment that was asked for. */
export type EarlierScore = ScoreThen & { fromMs: number };

export type StandingScore = {
  /** null: no score stands at that moment, or it is not known yet */
  change: ScoreChange | null;
  /** it has to be asked for */
  isUnknown: boolean;
};

function lastUpTo(changes: ScoreChange[], atMs: number): ScoreChange | null {
  return changes.findLast((change) => change.atMs <= atMs) ?? null;
}

/**
 * The score that stands at the viewer's playhead, and never a later one.
 *
 * @param newest changes up to now, without a gap
 * @param earlier what was told of the time before them
 * @param atMs the playhead on the event clock, unix ms; `null`, while nothing plays, stands for now
 */
export function standingScore(newest: ScoreChange[], earlier: EarlierScore | null, atMs: number | null): StandingScore {
  if (atMs === null) {
    return { change: newest.at(-1) ?? null, isUnknown: false };
  }
  const [first] = newest;
  if (first === undefined || first.sequence === 1 || first.atMs <= atMs) {
    return { change: lastUpTo(newest, atMs), isUnknown: false };
  }
  if (earlier !== null && earlier.fromMs <= atMs && atMs < (earlier.untilMs ?? first.atMs)) {
    return { change: lastUpTo(earlier.changes, atMs), isUnknown: false };
  }
  return { change: null, isUnknown: true };
}
