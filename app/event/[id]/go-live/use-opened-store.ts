'use client';

import { useState } from 'react';
import type { ChunkStore } from '../../../_publisher/kept-session';
import { openChunkStore } from '../../../_publisher/open-chunk-store';

/** `opened` resolves with the browser's store, or null where there is none; on the server it never does. */
export type OpenedStore = { opened: Promise<ChunkStore | null> };

/** The store of this page, opened once. */
export function useOpenedStore(): OpenedStore {
  const [store] = useState<OpenedStore>(() => ({
    opened: typeof window === 'undefined' ? new Promise(() => undefined) : openChunkStore(),
  }));
  return store;
}
