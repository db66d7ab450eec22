import type { ScoreChange } from '../../server/score/score-view';
import { boardFigures, scoreWords } from './board-figures';

export type ScoreNews = { wicket: boolean; words: string };

/** Further apart than this, the viewer has jumped, and what lies between is no news. */
const stepsMax = 3;

/** What is worth saying aloud when one score follows another at the playhead: wickets, fifties and the result; else null. */
export function scoreNews(before: ScoreChange | null, now: ScoreChange | null): ScoreNews | null {
  const steps = (now?.sequence ?? 0) - (before?.sequence ?? 0);
  if (before === null || now === null || steps < 1 || steps > stepsMax) {
    return null;
  }
  const was = boardFigures(before.sheet);
  const is = boardFigures(now.sheet);
  if (was === null || is === null) {
    return null;
  }
  const sameInnings = was.batting.name === is.batting.name && Number(is.batting.runs) >= Number(was.batting.runs);
  const wicket = sameInnings && Number(is.batting.wickets ?? 0) > Number(was.batting.wickets ?? 0);
  const words: string[] = [];
  if (wicket) {
    words.push(`Wicket. ${scoreWords(is)}.`);
  }
  for (const { name, runs } of sameInnings ? is.batsmen : []) {
    const earlier = was.batsmen.find((batsman) => batsman.name === name);
    const fifties = Math.floor(Number(runs) / 50);
    if (earlier !== undefined && fifties > Math.floor(Number(earlier.runs) / 50)) {
      words.push(`${name} has ${fifties * 50}.`);
    }
  }
  if (is.isOver && !was.isOver && is.status !== '') {
    words.push(`${is.status}.`);
  }
  return words.length === 0 ? null : { wicket, words: words.join(' ') };
}
