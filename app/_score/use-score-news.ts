'use client';

import { useEffect, useRef, useState } from 'react';
import type { ScoreChange } from '../../server/score/score-view';
import { type ScoreNews, scoreNews } from './score-news';

/** The last piece of news at the viewer's playhead, with a number of its own; null before the first. */
export function useScoreNews(change: ScoreChange | null): (ScoreNews & { number: number }) | null {
  const before = useRef(change);
  const [news, setNews] = useState<(ScoreNews & { number: number }) | null>(null);
  useEffect(() => {
    const fresh = scoreNews(before.current, change);
    before.current = change;
    if (fresh !== null) {
      setNews((last) => ({ ...fresh, number: (last?.number ?? 0) + 1 }));
    }
  }, [change]);
  return news;
}
