import http from 'node:http';
import type { Socket } from 'node:net';
import type { RequestListenerOptions } from './request-listener';
import { createRequestListener } from './request-listener';

/** A request's head and body must have arrived by then. */
const requestTimeoutMs = 60_000;
/** Longer than a balancer keeps idle connections, so that it is never we who close one under a new request. */
const keepAliveTimeoutMs = 65_000;

export type WebServer = {
  server: http.Server;
  /** Resolves once it listens. @throws when the port is taken */
  listen(port: number, host: string): Promise<void>;
  close(): Promise<void>;
};

/**
 * The HTTP server: our routes, then the pages. Upgrades are for Socket.IO, which listens by itself; in development
 * Next's hot reload gets its own, and everyone else is hung up on.
 *
 * @param options.pageUpgrades the server that Next hooks its upgrade listener to; it never listens
 */
export function createWebServer(options: RequestListenerOptions & { pageUpgrades: http.Server | null }): WebServer {
  const listener = createRequestListener(options);
  const server = http.createServer((request, response) => void listener(request, response));
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.on('upgrade', (request: http.IncomingMessage, socket: Socket, head: Buffer) => {
    const path = request.url ?? '';
    if (path.startsWith('/socket.io/')) {
      return;
    }
    if (options.pageUpgrades !== null && path.startsWith('/_next/')) {
      options.pageUpgrades.emit('upgrade', request, socket, head);
      return;
    }
    socket.destroy();
  });
  return {
    server,
    listen: async (port, host) => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
