import { randomUUID } from 'node:crypto';
import { givenRequestId, requestIdHeader } from '../../stream-node/contract/request-id';
import type { Logger } from '../logger';
import { pageRoute } from '../metrics/page-route';
import type { WebMetrics } from '../metrics/web-metrics';
import { type RequestScope, runInRequest } from '../request-scope';
import type { PageHandler } from './request-listener';

const streamIdInPath = /\/(str_[A-Za-z0-9]{9,60})(?=\/|$)/;

/**
 * Gives each request an id, which its answer names (`x-request-id`) and its log lines carry, and counts it once it is
 * answered. Paths are counted and logged by their template alone: what stands in them is people's.
 */
export function watchedListener(
  answer: PageHandler,
  { logger, metrics }: { logger: Logger; metrics: WebMetrics },
): PageHandler {
  return async (request, response) => {
    const startedAtMs = performance.now();
    const pathname = request.url?.split('?', 1)[0] ?? '';
    const streamId = streamIdInPath.exec(pathname)?.[1];
    const scope: RequestScope = {
      requestId: givenRequestId(request.headers) ?? randomUUID(),
      ...(streamId !== undefined && { streamId }),
    };
    response.setHeader(requestIdHeader, scope.requestId);
    response.once('close', () => {
      const method = request.method ?? '';
      const { statusCode: status } = response;
      const route = scope.route ?? pageRoute(pathname);
      const seconds = (performance.now() - startedAtMs) / 1000;
      metrics.requestAnswered({ method, route, status, seconds });
      const { requestId } = scope;
      logger.debug({ requestId, streamId, method, route, status, ms: Math.round(seconds * 1000) }, 'answered');
    });
    await runInRequest(scope, () => answer(request, response));
  };
}
