import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { requestIdHeader } from '../contract/request-id';
import { requestIdOf } from '../request-id';
import { corsHeaders } from './cors-headers';
import type { ReadyAnswer } from './ready-answer';
import { type RefusalCode, refusalStatuses } from './refusals';
import type { Client } from './waiting-room';

/** One request and its answer, which is given at most once and not at all after the client has gone. */
export class Exchange implements Client {
  /** by which a private stream is played */
  grant: string | undefined;
  #hasLeft = false;
  #leaveListeners: Set<() => void> | undefined;
  #query: URLSearchParams | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    private readonly countBytesOut: (bytes: number) => void,
  ) {
    response.on('close', () => {
      this.#hasLeft = true;
      for (const listener of this.#leaveListeners ?? []) {
        listener();
      }
    });
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.request.url?.split('?', 2)[1] ?? '');
    return this.#query;
  }

  /** The client has gone, or has its whole answer. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  onceLeft(listener: () => void): void {
    this.#leaveListeners ??= new Set();
    this.#leaveListeners.add(listener);
  }

  offLeft(listener: () => void): void {
    this.#leaveListeners?.delete(listener);
  }

  get isHead(): boolean {
    return this.request.method === 'HEAD';
  }

  /** True where the client takes gzip (RFC 9110 12.5.3; `gzip;q=0` refuses it). */
  get acceptsGzip(): boolean {
    return /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(
      String(this.request.headers['accept-encoding'] ?? ''),
    );
  }

  /** Sends the head of an answer whose body the caller streams. */
  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    const { connection, ...common } = headers;
    if (this.request.httpVersionMajor > 1) {
      // Headers of a connection are for HTTP/1.1 alone (RFC 9113 8.2.2).
      this.response.writeHead(status, { ...corsHeaders, ...common });
      return;
    }
    if (connection === undefined) {
      this.#keepSilently();
    }
    this.response.writeHead(status, { ...corsHeaders, ...headers });
  }

  /** HTTP/1.1 keeps connections without being told (RFC 9112 9.3); a listener's thin line is spared the words. */
  #keepSilently(): void {
    this.response.removeHeader('connection');
  }

  countOut(bytes: number): void {
    this.countBytesOut(bytes);
  }

  send(status: number, headers: OutgoingHttpHeaders, body?: Buffer): void {
    if (this.#hasLeft || this.response.headersSent) {
      return;
    }
    this.writeHead(status, body ? { ...headers, 'content-length': body.byteLength } : headers);
    if (body && !this.isHead) {
      this.countBytesOut(body.byteLength);
      this.response.end(body);
    } else {
      this.response.end();
    }
  }

  /** Sends what was made ready for all who ask for it. */
  sendReady({ headers, body, byteCount }: ReadyAnswer): void {
    if (this.#hasLeft || this.response.headersSent) {
      return;
    }
    if (this.request.httpVersionMajor === 1) {
      this.#keepSilently();
    }
    this.response.writeHead(200, headers);
    if (this.isHead) {
      this.response.end();
      return;
    }
    this.countBytesOut(byteCount);
    this.response.end(body, 'latin1');
  }

  /** The stream is at another node: 421 with the same path there, where it is known (RFC 9110 15.5.20). */
  refuseElsewhere(home: string | undefined): void {
    const url = home === undefined ? undefined : `${home}${this.request.url}`;
    const message = 'this node does not hold the stream';
    this.refuse(
      'stream_not_here',
      message,
      url === undefined ? {} : { location: url },
      url === undefined ? {} : { url },
    );
  }

  /** The same path at another node; not kept, for the file may come here. */
  redirect(nodeUrl: string): void {
    this.send(302, { location: `${nodeUrl}${this.request.url}`, 'cache-control': 'no-store' });
  }

  /** The answer to what is refused: never cached, `{"code", "message"}`, with the id by which the log may tell more of it. */
  refuse(code: RefusalCode, message: string, headers: OutgoingHttpHeaders = {}, facts: { url?: string } = {}): void {
    const body = Buffer.from(`${JSON.stringify({ code, message, ...facts })}\n`);
    this.send(
      refusalStatuses[code],
      {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        [requestIdHeader]: requestIdOf(this.request),
        ...headers,
      },
      body,
    );
  }
}
