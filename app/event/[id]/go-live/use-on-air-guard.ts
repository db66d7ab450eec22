'use client';

import { useEffect } from 'react';
import { keepScreenOn } from '../../../_publisher/wake-lock';

/** While on air the screen stays on, and leaving the page asks first. */
export function useOnAirGuard(isOnAir: boolean): void {
  useEffect(() => {
    if (!isOnAir) {
      return;
    }
    const letGo = keepScreenOn();
    const guard = (leaving: BeforeUnloadEvent) => leaving.preventDefault();
    window.addEventListener('beforeunload', guard);
    return () => {
      letGo();
      window.removeEventListener('beforeunload', guard);
    };
  }, [isOnAir]);
}
