import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { SecurePort } from '../../stream-node/contract/secure-port';
import type { TlsFiles } from '../../stream-node/contract/tls-pair';
import { WebMetrics } from '../metrics/web-metrics';
import type { RequestListenerOptions } from './request-listener';
import { createRequestListener } from './request-listener';
import { watchedListener } from './watched-listener';

/** A request's head must have arrived by then. */
const headersTimeoutMs = 60_000;
/** And its body: the largest file that may be uploaded takes as long over 2 Mbit/s. */
const requestTimeoutMs = 300_000;
/** Longer than a balancer keeps idle connections, so that it is never we who close one under a new request. */
const keepAliveTimeoutMs = 65_000;

/** What the nodes and the supervisor on this machine, and a balancer, ask of the web. */
const internalPath = /^\/(healthz|readyz|metrics|internal\/.*)$/;

export type WebServer = {
  /** what Socket.IO hangs on; with TLS it does not listen by itself */
  server: http.Server;
  readonly address: AddressInfo;
  /** Resolves once it listens. @throws when the port is taken */
  listen(port: number, host: string): Promise<void>;
  close(): Promise<void>;
};

type WebServerOptions = RequestListenerOptions & {
  pageUpgrades: http.Server | null;
  /** absent: nobody reads them */
  metrics?: WebMetrics;
};

/**
 * The HTTP server, on HTTPS where there is a certificate: our routes, then the pages. Upgrades are for Socket.IO, which
 * listens by itself; in development Next's hot reload gets its own, and everyone else is hung up on.
 *
 * @param options.pageUpgrades the server that Next hooks its upgrade listener to; it never listens
 */
export function createWebServer(options: WebServerOptions): WebServer {
  const answer = watchedListener(createRequestListener(options), {
    logger: options.logger,
    metrics: options.metrics ?? new WebMetrics(),
  });
  const listener: http.RequestListener = (request, response) => void answer(request, response);
  const { tls } = options.env;
  return tls === null ? plainServer(options, listener) : secureServer(options, listener, tls);
}

function plainServer(options: WebServerOptions, listener: http.RequestListener): WebServer {
  const server = http.createServer(listener);
  prepare(server, options);
  return {
    server,
    get address() {
      return server.address() as AddressInfo;
    },
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

function secureServer(options: WebServerOptions, listener: http.RequestListener, files: TlsFiles): WebServer {
  const { env, logger } = options;
  const server = https.createServer(listener);
  prepare(server, options);
  const port = new SecurePort({
    secure: server,
    files,
    publicUrl: () => env.publicUrl,
    isInternal: (path) => internalPath.test(path),
    internal: listener,
    onRenewal: (news) => {
      if ('fault' in news) {
        logger.warn({ reason: news.fault }, 'the new certificate cannot be served; the old one stays');
      } else {
        logger.info({ validTo: news.validTo }, 'the certificate was renewed');
      }
    },
  });
  return {
    server,
    get address() {
      return port.address;
    },
    listen: (number, host) => port.listen(number, host),
    close: async () => {
      port.stopListening();
      port.destroyConnections();
    },
  };
}

function prepare(server: http.Server, { pageUpgrades }: WebServerOptions): void {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.on('upgrade', (request: http.IncomingMessage, socket: Socket, head: Buffer) => {
    const path = request.url ?? '';
    if (path.startsWith('/socket.io/')) {
      return;
    }
    if (pageUpgrades !== null && path.startsWith('/_next/')) {
      pageUpgrades.emit('upgrade', request, socket, head);
      return;
    }
    socket.destroy();
  });
}
