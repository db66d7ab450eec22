import type { Database, OpenDatabase } from '../../db/client';
import type { ServerEnv } from '../env';
import { JobHints } from '../jobs/job-hints';
import type { Logger } from '../logger';
import type { WebMetrics } from '../metrics/web-metrics';
import type { OpenPlaybacks } from '../realtime/open-playbacks';
import { realtimeRoutes } from '../realtime/playback-left-route';
import { scoreRoute } from '../score/score-route';
import { shareRoutes } from '../share/share-routes';
import { ApiLimits } from './api/api-limits';
import { apiRoutes } from './api/api-routes';
import { openApiRoute } from './api/openapi-route';
import { chunkRoutes } from './chunk-routes';
import { facebookRoutes } from './facebook-routes';
import { healthRoutes } from './health-routes';
import { jobRoutes } from './job-routes';
import { liveJobRoutes } from './live-jobs/live-job-routes';
import { workerRoutes } from './live-jobs/worker-routes';
import { localSignInRoutes } from './local-sign-in-routes';
import { metricsRoute } from './metrics-route';
import { nodeRoutes } from './node-routes';
import type { Route } from './route';
import { streamRedirectRoute } from './stream-redirect-route';

/** Every path that the custom server answers by itself, before the pages. */
export function webRoutes(deps: {
  db: Database;
  env: ServerEnv;
  logger: Logger;
  playbacks: OpenPlaybacks;
  /** wakes the nodes that wait for a job; without it they look now and then */
  jobHints?: JobHints;
  database: OpenDatabase;
  metrics: WebMetrics;
}): Route[] {
  const api = { ...deps, limits: new ApiLimits(deps.env.apiRequestsPerMinute) };
  const routes = [
    ...healthRoutes(deps),
    metricsRoute(deps),
    ...localSignInRoutes(deps),
    ...facebookRoutes(deps),
    ...nodeRoutes(deps),
    ...jobRoutes({ ...deps, hints: deps.jobHints ?? new JobHints(null) }),
    ...realtimeRoutes(deps),
    scoreRoute(api),
    ...shareRoutes(deps),
    ...chunkRoutes(api),
    ...liveJobRoutes(api),
    ...workerRoutes(api),
    streamRedirectRoute(deps),
    ...apiRoutes(api),
  ];
  return [...routes, openApiRoute(deps, routes)];
}
