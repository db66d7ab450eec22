import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ErrorCode } from '../errors';
import type { ApiDescription } from './api/api-description';
import type { Surface } from './api/surface';

/** A request that has been read whole, within its route's bound, unless its route takes the body as it comes. */
export type HttpRequest = {
  method: string;
  /** path and query; host and scheme are not the client's to say */
  url: URL;
  /** the named parts of the route's path; `rest` for a trailing `*` */
  params: Record<string, string>;
  headers: IncomingHttpHeaders;
  /** of the connection, never from a forwarding header */
  remoteAddress: string;
  body: Buffer;
  /** the body as it comes, of a route with `bodyIsStreamed`; what the route leaves unread is thrown away */
  incoming: IncomingMessage;
  /** The body as JSON. @throws AppError `bad_request` */
  json(): unknown;
};

export type HttpAnswer = { status: number; headers?: Record<string, string>; body?: string | Buffer };

export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/share/stream/:file`, `/stream/:id/*`; matches with and without a trailing slash */
  path: string;
  /** Looks at the head before a byte of the body is read. @throws AppError to refuse */
  admit?(headers: IncomingHttpHeaders): void;
  /** default 64 KiB; a larger body is answered with 413 */
  bodyBytesMax?: number;
  /** takes its actor from `Authorization` where there is one, and then needs no guard against other sites' pages */
  takesBearer?: boolean;
  /** what the OpenAPI document says of it; without one it is no public route */
  description?: ApiDescription;
  /** how its surface words an error; default: `{ok: false, code, message}` */
  errorBody?: Surface['errorBody'];
  /** The body is not read before `handle`, which has it as `incoming` and bounds it by itself. */
  bodyIsStreamed?: boolean;
  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>;
};

export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(value),
  };
}

/** An error in the words of its surface, by default those of our own routes. */
export function errorAnswer(
  status: number,
  code: ErrorCode | 'internal',
  message: string,
  errorBody: Surface['errorBody'] = (fault) => ({ ok: false, code: fault.code, message: fault.message }),
): HttpAnswer {
  return jsonAnswer(status, errorBody({ status, code, message }));
}
