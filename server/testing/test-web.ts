import { openDatabase } from '../../db/client';
import { createWebServer } from '../http/create-http-server';
import type { Route } from '../http/route';
import { webRoutes } from '../http/web-routes';
import { WebMetrics } from '../metrics/web-metrics';
import { knownNodeUrls } from '../nodes/known-node-urls';
import { OpenPlaybacks } from '../realtime/open-playbacks';
import { silentLogger, testEnv } from './test-context';
import type { TestDatabase } from './test-database';

export type TestWeb = { url: string; routes: Route[]; metrics: WebMetrics; close(): Promise<void> };

/** The custom server on a free port, with its own routes; in the place of the pages every path answers `a page`. */
export async function startTestWeb(
  database: TestDatabase,
  environment: Record<string, string> = {},
  logger = silentLogger,
): Promise<TestWeb> {
  const env = testEnv(database.url, environment);
  const metrics = new WebMetrics();
  const opened = openDatabase(database.url, { connectionsMax: 5 });
  const routes = webRoutes({ env, logger, db: database.db, database: opened, playbacks: new OpenPlaybacks(), metrics });
  const web = createWebServer({
    env,
    logger,
    routes,
    metrics,
    pages: async (_request, response) => {
      response.end('a page');
    },
    pageUpgrades: null,
    nodeUrls: knownNodeUrls(database.db),
  });
  await web.listen(0, '127.0.0.1');
  const scheme = env.tls === null ? 'http' : 'https';
  return {
    url: `${scheme}://127.0.0.1:${web.address.port}`,
    routes,
    metrics,
    close: async () => {
      await web.close();
      await opened.close();
    },
  };
}
