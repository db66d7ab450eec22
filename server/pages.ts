import http from 'node:http';
import next from 'next';
import type { ServerEnv } from './env';
import type { PageHandler } from './http/request-listener';

export type Pages = { handle: PageHandler; upgrades: http.Server; close(): Promise<void> };

/**
 * Next, in our process. It hooks its own `upgrade` listener to the HTTP server it is given, where it would close
 * Socket.IO's connections; so it gets a server of its own that never listens.
 */
export async function startPages(env: ServerEnv): Promise<Pages> {
  const upgrades = http.createServer();
  const app = next({ dev: env.mode === 'development', hostname: env.host, port: env.port, httpServer: upgrades });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    handle: async (request, response) => await handle(request, response),
    upgrades,
    close: async () => await app.close(),
  };
}
