import type { OutgoingHttpHeaders } from 'node:http';
import { corsHeaders } from './cors-headers';

/** Up to here a copy of a body, which saves each of a crowd the second piece of a write, costs no memory to speak of. */
const joinedBytesMax = 4096;

/** A 200 that many get, within the same milliseconds: its head is put together once for all of them. */
export class ReadyAnswer {
  readonly headers: Readonly<OutgoingHttpHeaders>;
  readonly byteCount: number;
  /** one after the other */
  readonly body: readonly Buffer[];
  readonly #fixedHead: string;
  #second = Number.NaN;
  #pieces: readonly Buffer[] = [];

  constructor(headers: Readonly<Record<string, string>>, body: Buffer | readonly Buffer[]) {
    this.body = Buffer.isBuffer(body) ? [body] : body;
    this.byteCount = this.body.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const all: Record<string, string> = { ...corsHeaders, ...headers, 'content-length': String(this.byteCount) };
    this.headers = Object.freeze(all);
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#fixedHead = `HTTP/1.1 200 OK\r\n${lines.join('')}`;
  }

  /** The whole answer as HTTP/1.1 has it, one piece after the other. */
  pieces(nowMs: number = Date.now()): readonly Buffer[] {
    const second = Math.floor(nowMs / 1000);
    if (this.#second !== second) {
      // RFC 9110 6.6.1: an origin with a clock says when it answered, in whole seconds.
      const date = new Date(second * 1000).toUTCString();
      const head = Buffer.from(`${this.#fixedHead}Date: ${date}\r\n\r\n`, 'latin1');
      const whole = [head, ...this.body];
      this.#pieces = this.byteCount <= joinedBytesMax ? [Buffer.concat(whole)] : whole;
      this.#second = second;
    }
    return this.#pieces;
  }
}
