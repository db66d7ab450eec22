'use client';

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** So close to the foot that the reader means to be at it. */
const atFootPx = 48;

type StuckScroll = {
  scroller: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  /** lines that came while scrolled up */
  unseen: number;
  toFoot: () => void;
};

/**
 * Keeps a log at its foot while the reader is there, and still while they are not: no jump, only a count. Lines put before
 * the first keep what is read in its place.
 *
 * @param lastKey changes with the last line, `firstKey` with the first
 */
export function useStuckScroll(count: number, firstKey: string | undefined, lastKey: string | undefined): StuckScroll {
  const scroller = useRef<HTMLDivElement>(null);
  const atFoot = useRef(true);
  const before = useRef({ count, firstKey, lastKey, height: 0 });
  const [unseen, setUnseen] = useState(0);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const was = before.current;
    if (atFoot.current) {
      element.scrollTop = element.scrollHeight;
    } else if (firstKey !== was.firstKey && lastKey === was.lastKey) {
      element.scrollTop += element.scrollHeight - was.height;
    } else if (lastKey !== was.lastKey) {
      setUnseen((seen) => seen + Math.max(0, count - was.count));
    }
    before.current = { count, firstKey, lastKey, height: element.scrollHeight };
  }, [count, firstKey, lastKey]);

  // A keyboard that opens on a phone makes the log lower, and takes its foot out of sight.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) {
      return;
    }
    const watch = new ResizeObserver(() => {
      if (atFoot.current) {
        element.scrollTop = element.scrollHeight;
      }
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element !== null) {
      atFoot.current = element.scrollHeight - element.scrollTop - element.clientHeight < atFootPx;
      if (atFoot.current) {
        setUnseen(0);
      }
    }
  }, []);
  const toFoot = useCallback(() => {
    const element = scroller.current;
    if (element !== null) {
      atFoot.current = true;
      element.scrollTop = element.scrollHeight;
      setUnseen(0);
    }
  }, []);
  return { scroller, onScroll, unseen, toFoot };
}
