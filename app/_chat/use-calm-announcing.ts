'use client';

import { useEffect, useRef, useState } from 'react';
import type { ChatLine } from '../../server/realtime/messages';

const lookEveryMs = 6_000;
/** More lines than this in one look cannot be read out before the next come. */
const readableLines = 4;

/**
 * How a screen reader hears the chat: each line by itself while it is quiet, only a count now and then while it floods.
 *
 * @returns `live` for the log, and `words` for a polite region beside it
 */
export function useCalmAnnouncing(lines: ChatLine[]): { live: 'polite' | 'off'; words: string } {
  const latest = useRef(lines);
  latest.current = lines;
  const [fresh, setFresh] = useState(0);
  useEffect(() => {
    let seenUpTo = latest.current.at(-1)?.sequence ?? 0;
    const timer = setInterval(() => {
      const news = latest.current.filter((line) => line.sequence > seenUpTo);
      seenUpTo = news.at(-1)?.sequence ?? seenUpTo;
      setFresh(news.length);
    }, lookEveryMs);
    return () => clearInterval(timer);
  }, []);
  return fresh > readableLines ? { live: 'off', words: `${fresh} new messages` } : { live: 'polite', words: '' };
}
