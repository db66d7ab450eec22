'use client';

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { timeZoneCookie } from './time-zone-cookie';

const TimeZoneContext = createContext('UTC');

/** @param initial the zone of the last visit, so that times do not change after the page has come */
export function TimeZoneProvider({ initial, children }: { initial: string; children: ReactNode }) {
  const [zone, setZone] = useState(initial);
  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (own !== initial) {
      setZone(own);
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and older Safari
      document.cookie = `${timeZoneCookie}=${encodeURIComponent(own)}; path=/; max-age=31536000; samesite=lax`;
    }
  }, [initial]);
  return <TimeZoneContext value={zone}>{children}</TimeZoneContext>;
}

/** The viewer's time zone as an IANA name. */
export function useTimeZone(): string {
  return useContext(TimeZoneContext);
}
