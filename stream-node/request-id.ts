import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { givenRequestId } from './contract/request-id';

const ids = new WeakMap<IncomingMessage, string>();

/**
 * By which a request is named in our log and in its answer (`x-request-id`): the one it came with, or one that is made when it
 * is first asked for. Media that is answered as it should be is not logged, so its requests cost nothing.
 */
export function requestIdOf(request: IncomingMessage): string {
  let id = ids.get(request);
  if (id === undefined) {
    id = givenRequestId(request.headers) ?? randomUUID();
    ids.set(request, id);
  }
  return id;
}
