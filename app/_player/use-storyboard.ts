'use client';

import { useEffect, useState } from 'react';
import { readStoryboard, type StoryboardTile } from './storyboard';

/** a live stream gets a new picture every ten seconds */
const refreshEveryMs = 10_000;
const none: readonly StoryboardTile[] = [];

/**
 * The small pictures of what plays, fetched while somebody looks for a moment and not before.
 *
 * @param sourceUrl the playlist that plays; null where there is no picture
 */
export function useStoryboard(sourceUrl: string | null, isWanted: boolean): readonly StoryboardTile[] {
  const [loaded, setLoaded] = useState<{ sourceUrl: string; tiles: readonly StoryboardTile[] } | null>(null);
  useEffect(() => {
    if (sourceUrl === null || !isWanted) {
      return;
    }
    const leaving = new AbortController();
    const url = new URL('storyboard.vtt', sourceUrl).href;
    const load = async () => {
      const answer = await fetch(url, { signal: leaving.signal });
      if (answer.ok) {
        setLoaded({ sourceUrl, tiles: readStoryboard(await answer.text(), url) });
      }
    };
    // The dial works without pictures: one that cannot be had now is asked for again with the next look.
    const tryLoad = () => void load().catch(() => undefined);
    tryLoad();
    const timer = setInterval(tryLoad, refreshEveryMs);
    return () => {
      leaving.abort();
      clearInterval(timer);
    };
  }, [sourceUrl, isWanted]);
  return loaded !== null && loaded.sourceUrl === sourceUrl ? loaded.tiles : none;
}
