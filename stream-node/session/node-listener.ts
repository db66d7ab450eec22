import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { SecurePort } from '../contract/secure-port';
import type { TlsFiles } from '../contract/tls-pair';
import type { Logger } from '../logger';

/** How long an idle connection of a viewer is kept, in milliseconds. */
const keepAliveMs = 30_000;
/** What one HTTP/2 connection may have in hand, in megabytes: several tabs that fetch segments share one. */
const sessionMemoryMegabytes = 64;
/** What the web on this machine, the supervisor and a balancer ask of a node. */
const internalPath = /^\/(healthz|readyz|metrics|control\/.*)$/;

export type NodeListenerOptions = {
  /** null: plain HTTP/1.1 */
  tls: TlsFiles | null;
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  publicUrl: () => string;
  logger: Logger;
};

/** The port of a node: HTTP/1.1, or with a certificate HTTPS with HTTP/2 for media and HTTP/1.1 for WebSockets. */
export type NodeListener = {
  readonly address: AddressInfo;
  /** Resolves once it listens. Rejects when the port is taken. */
  listen(port: number, host: string): Promise<void>;
  stopListening(): void;
  destroyConnections(): void;
};

/** @throws BadTlsPair */
export function createNodeListener(options: NodeListenerOptions): NodeListener {
  return options.tls === null ? plainListener(options) : secureListener(options, options.tls);
}

function plainListener({ answer, upgrade }: NodeListenerOptions): NodeListener {
  const server = createServer(answer);
  // Node's own 5 s would close a connection just as a slow player, or one of a long segment, asks again.
  server.keepAliveTimeout = keepAliveMs;
  server.on('upgrade', upgrade);
  return {
    get address() {
      return server.address() as AddressInfo;
    },
    listen: async (port, host) => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
    },
    stopListening: () => void server.close(),
    destroyConnections: () => server.closeAllConnections(),
  };
}

function secureListener({ answer, upgrade, publicUrl, logger }: NodeListenerOptions, files: TlsFiles): NodeListener {
  const secure = createSecureServer(
    { allowHTTP1: true, maxSessionMemory: sessionMemoryMegabytes },
    // Node answers HTTP/2 through the shapes of HTTP/1.1; what HTTP/2 forbids (connection headers) `Exchange` leaves out.
    (request, response) => answer(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  Object.assign(secure, { keepAliveTimeout: keepAliveMs });
  secure.on('upgrade', upgrade);
  secure.on('session', (session) => {
    session.setTimeout(keepAliveMs, () => session.close());
  });
  return new SecurePort({
    secure,
    files,
    publicUrl,
    isInternal: (path) => internalPath.test(path),
    internal: answer,
    onRenewal: (news) => {
      if ('fault' in news) {
        logger.warn({ reason: news.fault }, 'the new certificate cannot be served; the old one stays');
      } else {
        logger.info({ validTo: news.validTo }, 'the certificate was renewed');
      }
    },
  });
}
