'use client';

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { io, type Socket } from 'socket.io-client';
import type { PageToServer, ServerToPage } from '../../server/realtime/messages';
import { ServerClock } from './server-clock';

export type PageSocket = Socket<ServerToPage, PageToServer>;

type Line = { socket: PageSocket; clock: ServerClock };

const LineContext = createContext<Line | null>(null);

function openLine(): Line {
  const socket: PageSocket = io({
    autoConnect: false,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  });
  const clock = new ServerClock((sentAtMs) => socket.timeout(5_000).emitWithAck('clock', { sentAtMs }));
  socket.on('connect', () => void clock.measure());
  return { socket, clock };
}

/** One socket a tab, opened when the first part of a page asks for it. */
export function SocketProvider({ children }: { children: ReactNode }) {
  const [line] = useState(() => (typeof window === 'undefined' ? null : openLine()));
  useEffect(() => () => void line?.socket.disconnect(), [line]);
  return <LineContext value={line}>{children}</LineContext>;
}

/** The tab's socket, connected; `null` while the page is rendered on the server. */
export function useSocket(): PageSocket | null {
  const line = useContext(LineContext);
  useEffect(() => {
    if (line !== null && !line.socket.active) {
      line.socket.connect();
    }
  }, [line]);
  return line?.socket ?? null;
}

/** The web process's clock as measured over the socket; `null` while the page is rendered on the server. */
export function useServerClock(): ServerClock | null {
  return useContext(LineContext)?.clock ?? null;
}
