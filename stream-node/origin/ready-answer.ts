import type { OutgoingHttpHeaders } from 'node:http';
import { corsHeaders } from './cors-headers';

/**
 * A 200 that many get, within the same milliseconds: its head is put together once for all of them, and text goes to the socket
 * in one piece with it.
 */
export class ReadyAnswer {
  readonly headers: Readonly<OutgoingHttpHeaders>;
  readonly byteCount: number;

  /** @param body as text only when it is ASCII throughout */
  constructor(
    headers: OutgoingHttpHeaders,
    readonly body: Buffer | string,
  ) {
    this.byteCount = body.length;
    this.headers = Object.freeze({ ...corsHeaders, ...headers, 'content-length': String(this.byteCount) });
  }
}
