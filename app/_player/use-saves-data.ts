'use client';

import { useCallback, useSyncExternalStore } from 'react';

const storageKey = 'zyzz-save-data';
/** for this page, where the browser keeps nothing for us */
let chosenHere: boolean | null = null;
const listeners = new Set<() => void>();

/** Whether this listener saves data, remembered by the browser: a metered line is metered tomorrow as well. */
export function useSavesData(): [savesData: boolean, setSavesData: (savesData: boolean) => void] {
  const savesData = useSyncExternalStore(subscribe, read, () => false);
  const setSavesData = useCallback((wanted: boolean) => {
    chosenHere = wanted;
    try {
      window.localStorage.setItem(storageKey, String(wanted));
    } catch {
      // Storage is refused or full: the choice lasts as long as the page.
    }
    for (const listener of listeners) {
      listener();
    }
  }, []);
  return [savesData, setSavesData];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read(): boolean {
  if (chosenHere !== null) {
    return chosenHere;
  }
  try {
    return window.localStorage.getItem(storageKey) === 'true';
  } catch {
    return false;
  }
}
