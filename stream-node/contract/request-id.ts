import type { IncomingHttpHeaders } from 'node:http';

/** By which a request is named in the logs of all that work on it: a proxy's, the web's and a node's. */
export const requestIdHeader = 'x-request-id';

/** Ids such as nginx's `$request_id` and ours; whatever else a client sends is not taken into a log. */
const requestIdPattern = /^[0-9a-f-]{16,64}$/i;

/** The id that a request came with; `undefined` without one, or with one that is none. */
export function givenRequestId(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[requestIdHeader];
  return typeof given === 'string' && requestIdPattern.test(given) ? given : undefined;
}
