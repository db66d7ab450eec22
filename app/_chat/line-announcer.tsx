'use client';

import { useEffect, useRef, useState } from 'react';
import type { ChatLine } from '../../server/realtime/messages';

const announceEveryMs = 6_000;

function announcement(fresh: ChatLine[]): string {
  const last = fresh.at(-1);
  if (last === undefined) {
    return '';
  }
  const line = `${last.author.name}: ${last.text}`;
  return fresh.length === 1 ? line : `${fresh.length} new messages. Last, ${line}`;
}

/**
 * Reads the chat out in batches. The log itself is silent: a line a second would leave no room for anything else.
 */
export function LineAnnouncer({ lines }: { lines: ChatLine[] }) {
  const latest = useRef(lines);
  latest.current = lines;
  const [words, setWords] = useState('');
  useEffect(() => {
    let spokenUpTo = latest.current.at(-1)?.sequence ?? 0;
    const timer = setInterval(() => {
      const fresh = latest.current.filter((line) => line.sequence > spokenUpTo);
      spokenUpTo = fresh.at(-1)?.sequence ?? spokenUpTo;
      if (fresh.length > 0) {
        setWords(announcement(fresh));
      }
    }, announceEveryMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p aria-live="polite" className="sr-only">
      {words}
    </p>
  );
}
