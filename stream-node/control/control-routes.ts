import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { askNowPath } from '../contract/snapshots';

/**
 * The node's own calls:
 *
 * | call | answer |
 * |---|---|
 * | `GET /healthz` | 200 while the process is up |
 * | `GET /readyz` | 200 once the web knows this node and it is not draining, else 503 with the reason |
 * | `POST /control/ask-now` with the node secret | 202, and a snapshot is posted at once; 401 without the secret |
 *
 * Answers `false` for a path that is none of these.
 */
export function handleControl(
  request: IncomingMessage,
  response: ServerResponse,
  node: { nodeSecret: string; notReady: () => string | null; askNow: () => void },
): boolean {
  const path = request.url?.split('?', 1)[0];
  if (path === '/healthz') {
    answer(response, 200, { status: 'up' });
    return true;
  }
  if (path === '/readyz') {
    const reason = node.notReady();
    answer(
      response,
      reason === null ? 200 : 503,
      reason === null ? { status: 'ready' } : { status: 'not ready', reason },
    );
    return true;
  }
  if (path === askNowPath) {
    request.resume();
    if (request.method !== 'POST') {
      answer(response, 405, { error: 'method: only POST' });
    } else if (!bears(request, node.nodeSecret)) {
      answer(response, 401, { error: 'authorization: the node secret is missing or wrong' });
    } else {
      node.askNow();
      answer(response, 202, { status: 'asking' });
    }
    return true;
  }
  return false;
}

function bears(request: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${secret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function answer(response: ServerResponse, status: number, body: Record<string, string>): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
