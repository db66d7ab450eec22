import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { lentTakesPath } from '../contract/jobs';
import { mayReadMetrics } from '../contract/metrics-access';
import { requestIdHeader } from '../contract/request-id';
import { askNowPath } from '../contract/snapshots';
import { requestIdOf } from '../request-id';
import type { NodeMetrics } from './node-metrics';

export type ControlledNode = {
  nodeSecret: string;
  /** what it listens on */
  host: string;
  publicUrl: string;
  metrics: Pick<NodeMetrics, 'text' | 'contentType'>;
  notReady: () => string | null;
  askNow: () => void;
  failed: (error: unknown) => void;
  /** gives a file of a take to another node that makes downloads; `path` is below `lentTakesPath` */
  lendTake: (path: string, response: ServerResponse) => void;
};

const metricsPath = '/metrics';

/**
 * The node's own calls:
 *
 * | call | answer |
 * |---|---|
 * | `GET /healthz` | 200 while the process is up |
 * | `GET /readyz` | 200 once the web knows this node and it is not draining, else 503 with the reason |
 * | `GET /metrics` | Prometheus text, to whom `mayReadMetrics` lets; 401 to others |
 * | `POST /control/ask-now` with the node secret | 202, and a snapshot is posted at once; 401 without the secret |
 * | `GET /control/takes/<stream>/<take>/<file>` with the node secret | the file; 404 for one that is not here, 401 without the secret |
 *
 * Answers `false` for a path that is none of these.
 */
export function handleControl(request: IncomingMessage, response: ServerResponse, node: ControlledNode): boolean {
  const path = request.url?.split('?', 1)[0];
  if (path === '/healthz' || path === '/readyz' || path === metricsPath || path === askNowPath) {
    response.setHeader(requestIdHeader, requestIdOf(request));
  }
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
  if (path === metricsPath) {
    void answerMetrics(request, response, node);
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
  if (path?.startsWith(`${lentTakesPath}/`) === true) {
    request.resume();
    response.setHeader(requestIdHeader, requestIdOf(request));
    if (request.method !== 'GET') {
      answer(response, 405, { error: 'method: only GET' });
    } else if (!bears(request, node.nodeSecret)) {
      answer(response, 401, { error: 'authorization: the node secret is missing or wrong' });
    } else {
      node.lendTake(path.slice(lentTakesPath.length + 1), response);
    }
    return true;
  }
  return false;
}

async function answerMetrics(request: IncomingMessage, response: ServerResponse, node: ControlledNode): Promise<void> {
  const asked = { headers: request.headers, remoteAddress: request.socket.remoteAddress ?? '' };
  if (!mayReadMetrics(asked, { tokens: [node.nodeSecret], host: node.host, publicUrl: node.publicUrl })) {
    answer(response, 401, { error: 'authorization: metrics are for bearers of the node secret' });
    return;
  }
  try {
    const text = await node.metrics.text();
    response.writeHead(200, { 'content-type': node.metrics.contentType, 'cache-control': 'no-store' }).end(text);
  } catch (error) {
    node.failed(error);
    answer(response, 500, { error: 'metrics: could not be gathered' });
  }
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
