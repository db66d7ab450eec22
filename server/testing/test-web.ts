import { createWebServer } from '../http/create-http-server';
import { webRoutes } from '../http/web-routes';
import { knownNodeUrls } from '../nodes/known-node-urls';
import { OpenPlaybacks } from '../realtime/open-playbacks';
import { silentLogger, testEnv } from './test-context';
import type { TestDatabase } from './test-database';

export type TestWeb = { url: string; close(): Promise<void> };

/** The custom server on a free port, with its own routes; in the place of the pages every path answers `a page`. */
export async function startTestWeb(database: TestDatabase, environment: Record<string, string> = {}): Promise<TestWeb> {
  const env = testEnv(database.url, environment);
  const web = createWebServer({
    env,
    logger: silentLogger,
    routes: webRoutes({ env, logger: silentLogger, db: database.db, playbacks: new OpenPlaybacks() }),
    pages: async (_request, response) => {
      response.end('a page');
    },
    pageUpgrades: null,
    nodeUrls: knownNodeUrls(database.db),
  });
  await web.listen(0, '127.0.0.1');
  const scheme = env.tls === null ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${web.address.port}`, close: web.close };
}
