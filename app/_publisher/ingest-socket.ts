/** What an ingest client needs of a WebSocket, and no more, so that a test can bring the one of its runtime. */
export type IngestSocket = {
  send(data: string | Uint8Array<ArrayBuffer>): void;
  /** bytes handed over and not yet on the wire */
  bufferedBytes(): number;
  /** lets go at once; nothing is heard of this socket afterwards */
  close(): void;
};

export type IngestSocketHandlers = {
  opened: () => void;
  text: (text: string) => void;
  /** `code`: RFC 6455, section 7.4; 1006 when the line broke */
  closed: (code: number) => void;
};

export type OpenIngestSocket = (url: string, handlers: IngestSocketHandlers) => IngestSocket;

/** The browser's own WebSocket. `closed` is told once, for a refused connection too. */
export const openBrowserSocket: OpenIngestSocket = (url, handlers) => handled(new WebSocket(url), handlers);

/**
 * Opens sockets as {@link openBrowserSocket}, but that the first one to the same address is this one, which is open already:
 * on a phone's line that is half a second less to the first picture.
 */
export function continueWith(opened: WebSocket): OpenIngestSocket {
  let isLeft = true;
  return (url, handlers) => {
    if (!isLeft || new URL(url).href !== opened.url || opened.readyState !== WebSocket.OPEN) {
      return openBrowserSocket(url, handlers);
    }
    isLeft = false;
    // Whoever opens a socket has it in hand before it is told that it is open.
    queueMicrotask(handlers.opened);
    return handled(opened, handlers);
  };
}

function handled(socket: WebSocket, handlers: IngestSocketHandlers): IngestSocket {
  const listening = new AbortController();
  const { signal } = listening;
  socket.addEventListener('open', handlers.opened, { signal });
  socket.addEventListener('message', (message) => handlers.text(String(message.data)), { signal });
  socket.addEventListener('close', ({ code }) => handlers.closed(code), { signal });
  return {
    // A socket that is not open yet throws, one that is closing swallows: neither loses anything, the queue keeps all.
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(data);
      }
    },
    bufferedBytes: () => socket.bufferedAmount,
    close: () => {
      listening.abort();
      socket.close();
    },
  };
}
