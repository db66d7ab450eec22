import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { requestIdHeader } from '../contract/request-id';
import { requestIdOf } from '../request-id';
import { corsHeaders } from './cors-headers';
import type { ReadyAnswer } from './ready-answer';
import { type RefusalCode, refusalStatuses } from './refusals';
import type { Client } from './waiting-room';

/** How much went out, of one stream. */
export type BytesOut = { bytes: number };

/** One request and its answer, which is given at most once and not at all after the client has gone. */
export class Exchange implements Client {
  /** the stream that was found for it */
  streamId: string | undefined;
  /** by which a private stream is played */
  grant: string | undefined;
  /** where the bodies of its answers are counted */
  bytesOut: BytesOut | undefined;
  #hasLeft = false;
  #isAnswered = false;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    if (request.httpVersionMajor > 1) {
      // The answers of HTTP/2 do not know whether they are destroyed.
      response.once('close', () => {
        this.#hasLeft = true;
      });
    }
  }

  /** What stands behind the question mark. */
  get queryText(): string {
    const { url = '' } = this.request;
    const queryAt = url.indexOf('?');
    return queryAt < 0 ? '' : url.slice(queryAt + 1);
  }

  /** The client has gone, or has its whole answer. */
  get hasLeft(): boolean {
    return this.#hasLeft || this.response.destroyed;
  }

  onceLeft(listener: () => void): void {
    this.response.on('close', listener);
  }

  offLeft(listener: () => void): void {
    this.response.off('close', listener);
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
    if (this.bytesOut !== undefined) {
      this.bytesOut.bytes += bytes;
    }
  }

  send(status: number, headers: OutgoingHttpHeaders, body?: Buffer): void {
    if (this.#isAnswered || this.hasLeft || this.response.headersSent) {
      return;
    }
    this.writeHead(status, body ? { ...headers, 'content-length': body.byteLength } : headers);
    if (body && !this.isHead) {
      this.countOut(body.byteLength);
      this.response.end(body);
    } else {
      this.response.end();
    }
  }

  /** Sends what was made ready for all who ask for it. */
  sendReady(answer: ReadyAnswer): void {
    if (this.#isAnswered || this.hasLeft || this.response.headersSent) {
      return;
    }
    this.#isAnswered = true;
    const { request, response } = this;
    const { socket } = response;
    if (request.httpVersionMajor === 1) {
      // A connection has none while answers to what was asked before on it are under way.
      if (request.method === 'GET' && response.shouldKeepAlive && socket?.writable) {
        this.countOut(answer.byteCount);
        sendPrepared(response, socket, answer);
        return;
      }
      this.#keepSilently();
    }
    response.writeHead(200, answer.headers);
    if (this.isHead) {
      response.end();
      return;
    }
    this.countOut(answer.byteCount);
    for (const piece of answer.body.slice(0, -1)) {
      response.write(piece);
    }
    response.end(answer.body.at(-1));
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

/**
 * Head and body as they are, straight to the connection: to print a head for each of a crowd costs Node's server more than all
 * else that it does for a request. That the answer is out the server is told as it is of its own ones, and takes the next request.
 */
function sendPrepared(response: ServerResponse, socket: Socket, answer: ReadyAnswer): void {
  const pieces = answer.pieces();
  let unsent = pieces.length;
  const sent = (error?: Error | null) => {
    unsent -= 1;
    if (!error && unsent === 0) {
      response.emit('finish');
    }
  };
  if (unsent > 1) {
    // All in one call to the kernel.
    socket.cork();
  }
  for (const piece of pieces) {
    socket.write(piece, sent);
  }
  socket.uncork();
}
