'use client';

import { useCallback, useEffect, useState } from 'react';

const shownForMs = 3_000;

/** Copies text, and tells for a moment that it did or could not. */
export function useCopied(): { copied: boolean; failed: boolean; copy: (text: string) => Promise<void> } {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome === null) {
      return;
    }
    const timer = setTimeout(() => setOutcome(null), shownForMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = useCallback(async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      // no permission, or a page that is not secure
      setOutcome('failed');
    }
  }, []);
  return { copied: outcome === 'copied', failed: outcome === 'failed', copy };
}
