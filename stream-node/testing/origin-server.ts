import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { systemClock } from '../clock';
import { createOrigin, type Origin, type OriginOptions } from '../origin/create-origin';
import type { PlayableStream } from '../origin/playable-stream';

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer; text: string };

/** An origin behind a real HTTP server on a free port of the loopback. */
export class OriginServer implements AsyncDisposable {
  readonly errors: unknown[] = [];
  readonly #agent = new Agent({ keepAlive: true });

  private constructor(
    readonly origin: Origin,
    readonly server: Server,
    errors: unknown[],
  ) {
    this.errors = errors;
  }

  static async start(
    streams: readonly PlayableStream[],
    options: Partial<Omit<OriginOptions, 'streams' | 'onError'>> = {},
  ): Promise<OriginServer> {
    const errors: unknown[] = [];
    const origin = createOrigin({
      streams: { find: (streamId) => streams.find((stream) => stream.streamId === streamId) },
      clock: systemClock,
      publicKey: () => undefined,
      isRevoked: () => false,
      webOrigins: () => [],
      onError: (error) => errors.push(error),
      ...options,
    });
    const server = createServer((incoming, outgoing) => {
      if (!origin.handle(incoming, outgoing)) {
        outgoing.writeHead(418).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OriginServer(origin, server, errors);
  }

  get port(): number {
    const address: AddressInfo | string | null = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** One request; the path goes out as it is, so that no client makes it harmless. */
  ask(path: string, options: { method?: string; headers?: Record<string, string>; signal?: AbortSignal } = {}) {
    return new Promise<Answer>((resolve, reject) => {
      const { method = 'GET', headers, signal } = options;
      const outgoing = request({
        port: this.port,
        host: '127.0.0.1',
        path,
        method,
        headers,
        signal,
        agent: this.#agent,
      });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('error', reject);
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          const isGzip = incoming.headers['content-encoding'] === 'gzip' && body.length > 0;
          const text = (isGzip ? gunzipSync(body) : body).toString();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body, text });
        });
      });
      outgoing.end();
    });
  }

  /** Returns once so many requests are held. */
  async untilWaiting(count: number): Promise<void> {
    while (this.origin.waiting() !== count) {
      await new Promise(setImmediate);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
