'use client';

import type { ReactNode } from 'react';
import { SocketProvider } from './socket';
import { TimeZoneProvider } from './time-zone';
import { TrpcProvider } from './trpc';

/** Everything that client parts of any page lean on. */
export function Providers({ timeZone, children }: { timeZone: string; children: ReactNode }) {
  return (
    <TimeZoneProvider initial={timeZone}>
      <TrpcProvider>
        <SocketProvider>{children}</SocketProvider>
      </TrpcProvider>
    </TimeZoneProvider>
  );
}
