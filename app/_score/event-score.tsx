'use client';

import type { EventView } from '../../server/events/event-view';
import type { FeedState } from '../../server/score/score-view';
import { useTimeZone } from '../_client/time-zone';
import type { EventRoom } from '../_client/use-event-room';
import { Board } from '../_ui/board';
import { timeOfDay } from '../_ui/day-words';
import { type BoardFigures, boardFigures } from './board-figures';
import { ScoreBoard, ScoreStrip, type StaleWords } from './score-board';
import { useScoreNews } from './use-score-news';
import { useStandingScore } from './use-standing-score';

export type EventScore = {
  /** at the viewer's playhead; null: the board shows who plays and when */
  figures: BoardFigures | null;
  /** the scorer is not heard any more */
  stale: StaleWords | null;
  /** what the board says while it has no figures */
  emptyWords: string;
  wicketNumber: number;
  /** the last news, for a polite live region */
  newsWords: string;
};

function staleWords({ isStale, fetchedAtMs }: FeedState, zone: string): StaleWords | null {
  if (!isStale || fetchedAtMs === null) {
    return null;
  }
  const time = timeOfDay(new Date(fetchedAtMs), zone);
  return { full: `Scorer last heard at ${time}`, brief: `Heard at ${time}` };
}

/** The owner alone can mend a feed, so the owner is told what is wrong with it. */
function emptyWordsOf(event: EventView, { fault }: FeedState): string {
  if (event.matchUrl === '') {
    return 'No scorer yet';
  }
  return event.canEdit && fault !== null ? `No score: ${fault}` : 'Waiting for the scorer';
}

/** The score of an event as it stands at the viewer's playhead. @param atMs unix ms; `null` stands for now */
export function useEventScore(room: EventRoom, atMs: number | null): EventScore {
  const zone = useTimeZone();
  const { event, score } = room;
  const change = useStandingScore(room, atMs);
  const news = useScoreNews(change);
  const isNewest = change?.sequence === score.changes.at(-1)?.sequence;
  return {
    figures: change === null || event.matchUrl === '' ? null : boardFigures(change.sheet),
    stale: isNewest ? staleWords(score.feed, zone) : null,
    emptyWords: emptyWordsOf(event, score.feed),
    wicketNumber: news?.wicket ? news.number : 0,
    newsWords: news?.words ?? '',
  };
}

type ScoreProps = { event: EventView; score: EventScore; className?: string };

/** Region "Score" of an event page: the board, with figures once the event has a score. */
export function Score({ event, score, className }: ScoreProps) {
  const { figures, stale, wicketNumber } = score;
  return figures === null ? (
    <Board event={event} isRegion emptyWords={score.emptyWords} className={className} />
  ) : (
    <ScoreBoard figures={figures} stale={stale} wicketNumber={wicketNumber} className={className} />
  );
}

/** Region "Score" in one strip; nothing while there are no figures. */
export function ScoreInBrief({ score, className }: Omit<ScoreProps, 'event'>) {
  const { figures, stale, wicketNumber } = score;
  return (
    figures !== null && <ScoreStrip figures={figures} stale={stale} wicketNumber={wicketNumber} className={className} />
  );
}
