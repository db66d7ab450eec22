import type { OpenDatabase } from '../../db/client';
import { mayReadMetrics } from '../../stream-node/contract/metrics-access';
import type { ServerEnv } from '../env';
import { AppError } from '../errors';
import { databaseFigures } from '../metrics/database-figures';
import type { WebMetrics } from '../metrics/web-metrics';
import type { Route } from './route';

/** `GET /metrics`: the figures of this process, for bearers of the operator token or the node secret (`mayReadMetrics`). */
export function metricsRoute(deps: { env: ServerEnv; database: OpenDatabase; metrics: WebMetrics }): Route {
  const { host, publicUrl, nodeSecret, operatorToken } = deps.env;
  const tokens = operatorToken === null ? [nodeSecret] : [nodeSecret, operatorToken];
  return {
    method: 'GET',
    path: '/metrics',
    handle: async (request) => {
      if (!mayReadMetrics(request, { tokens, host, publicUrl })) {
        throw new AppError('unauthorized', 'Metrics are for bearers of the operator token or the node secret');
      }
      deps.metrics.showDatabase(await databaseFigures(deps.database));
      return {
        status: 200,
        headers: { 'content-type': deps.metrics.contentType, 'cache-control': 'no-store' },
        body: await deps.metrics.text(),
      };
    },
  };
}
