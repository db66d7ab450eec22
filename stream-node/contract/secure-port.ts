import {
  createServer as createHttpServer,
  type Server as HttpServer,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { readTlsPair, type TlsFiles } from './tls-pair';

/** A connection that says nothing is let go, in milliseconds. */
const firstByteMs = 10_000;
/** Certificates are renewed some days before their end; nobody waits for this. */
const lookEveryMs = 10_000;
/** The first byte of a TLS record that carries a ClientHello (RFC 8446 5.1). No HTTP request begins with it. */
const handshakeByte = 0x16;

export type SecurePortOptions = {
  /** speaks to whoever speaks TLS; it does not listen by itself */
  secure: TlsServer;
  /** what `secure` was made with; read again whenever it changes */
  files: TlsFiles;
  /** where people reach us, `https://…` without a trailing slash */
  publicUrl: () => string;
  /** the paths that the product's own processes on this machine call without TLS */
  isInternal: (path: string) => boolean;
  internal: RequestListener;
  /** the pair was renewed, or what lies there now cannot be served and the old one stays */
  onRenewal: (news: { validTo: Date } | { fault: string }) => void;
  /** how often the files are looked at, in milliseconds */
  lookEveryMs?: number;
};

/**
 * One port for two kinds of callers. Browsers and encoders speak TLS. The processes of one machine call each other in
 * plain HTTP, so that they need no authority of their own and no name that the certificate bears; nothing of that leaves
 * the machine. Whoever else speaks plain HTTP is led to `https`.
 */
export class SecurePort {
  readonly #listener: Server;
  readonly #plain: HttpServer;
  readonly #connections = new Set<Socket>();
  readonly #renewal: NodeJS.Timeout;
  #served: { cert: Buffer; key: Buffer };
  #fault = '';

  /** @throws BadTlsPair */
  constructor(private readonly options: SecurePortOptions) {
    this.#served = readTlsPair(options.files);
    options.secure.setSecureContext(this.#served);
    this.#plain = createHttpServer((request, response) => {
      const path = request.url?.split('?', 1)[0] ?? '';
      if (options.isInternal(path) && isFromThisMachine(request)) {
        options.internal(request, response);
        return;
      }
      request.resume();
      // Only a path is carried over: who we are is not the client's to say.
      const target = /^\/(?!\/)/.test(request.url ?? '') ? request.url : '/';
      response.writeHead(308, { location: `${options.publicUrl()}${target}`, connection: 'close' }).end();
    });
    this.#listener = createServer((socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
      handOver(socket, (isTls) => (isTls ? options.secure : this.#plain));
    });
    this.#renewal = setInterval(() => this.renew(), options.lookEveryMs ?? lookEveryMs);
    this.#renewal.unref();
  }

  get address(): AddressInfo {
    return this.#listener.address() as AddressInfo;
  }

  /** Resolves once it listens. Rejects when the port is taken. */
  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(port, host, () => {
        this.#listener.off('error', reject);
        for (const server of [this.options.secure, this.#plain]) {
          // From now on they look for requests that do not end (`requestTimeout`).
          server.emit('listening');
        }
        resolve();
      });
    });
  }

  /** Looks at the files; new connections get what lies there now, if it is whole. Open ones keep what they began with. */
  renew(): void {
    try {
      const pair = readTlsPair(this.options.files);
      this.#fault = '';
      if (!pair.cert.equals(this.#served.cert) || !pair.key.equals(this.#served.key)) {
        this.options.secure.setSecureContext(pair);
        this.#served = pair;
        this.options.onRenewal({ validTo: pair.validTo });
      }
    } catch (error) {
      // Two files are never replaced in one instant; the same fault is told once.
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== this.#fault) {
        this.#fault = fault;
        this.options.onRenewal({ fault });
      }
    }
  }

  /** Takes no more connections; those that are open stay. */
  stopListening(): void {
    clearInterval(this.#renewal);
    for (const server of [this.#listener, this.options.secure, this.#plain]) {
      server.close();
    }
  }

  /** Hangs up on everyone. */
  destroyConnections(): void {
    for (const socket of this.#connections) {
      socket.destroy();
    }
  }
}

/** Looks at the first byte, puts it back, and gives the connection to the server that understands it. */
function handOver(
  socket: Socket,
  serverFor: (isTls: boolean) => { emit(event: 'connection', socket: Socket): unknown },
) {
  const hangUp = () => socket.destroy();
  socket.once('error', hangUp);
  socket.setTimeout(firstByteMs, hangUp);
  socket.once('readable', () => {
    const head: Buffer | null = socket.read();
    if (head === null) {
      socket.destroy();
      return;
    }
    socket.setTimeout(0);
    socket.off('timeout', hangUp);
    socket.off('error', hangUp);
    socket.unshift(head);
    serverFor(head[0] === handshakeByte).emit('connection', socket);
  });
}

/** Over loopback, or from one of our own addresses to itself: such a packet never was on a wire. */
function isFromThisMachine({ socket }: IncomingMessage): boolean {
  const { remoteAddress = '', localAddress } = socket;
  return remoteAddress === localAddress || /^(::1|(::ffff:)?127\.[\d.]+)$/.test(remoteAddress);
}
