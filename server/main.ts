import { sharedDatabase } from '../db/client';
import { userOfCookies } from './auth';
import { openBus } from './bus/open-bus';
import { EnvError, type ServerEnv, serverEnv } from './env';
import { startHousekeeping } from './housekeeping';
import { createWebServer } from './http/create-http-server';
import { webRoutes } from './http/web-routes';
import { JobHints } from './jobs/job-hints';
import { createLogger, type Logger, sharedLogger } from './logger';
import { WebMetrics } from './metrics/web-metrics';
import { knownNodeUrls } from './nodes/known-node-urls';
import { startPages } from './pages';
import { attachRealtime } from './realtime/attach-realtime';
import { OpenPlaybacks } from './realtime/open-playbacks';
import { startScoreFeeds } from './score/start-score-feeds';

/** What was started, ended in the reverse order. */
class Stack {
  readonly #closers: { name: string; close(): Promise<void> }[] = [];
  #closing: Promise<void> | undefined;

  constructor(private readonly logger: Logger) {}

  add(name: string, close: () => Promise<void>): void {
    this.#closers.push({ name, close });
  }

  async close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    await this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        this.logger.error({ err: error, name }, 'could not be closed');
      }
    }
  }
}

async function start(env: ServerEnv, logger: Logger, stack: Stack): Promise<void> {
  const database = sharedDatabase(env.databaseUrl);
  stack.add('database', database.close);
  const { db } = database;
  const bus = await openBus({ db, env, logger });
  stack.add('bus', bus.close);
  const pages = await startPages(env);
  stack.add('pages', pages.close);
  const housekeeping = startHousekeeping({ db, env, logger });
  stack.add('housekeeping', housekeeping.close);
  const metrics = new WebMetrics();
  metrics.watchProcess();
  const scoreFeeds = startScoreFeeds({ db, env, logger, metrics });
  stack.add('score feeds', scoreFeeds.close);
  const playbacks = new OpenPlaybacks();
  const jobHints = new JobHints(bus);
  const web = createWebServer({
    env,
    logger,
    routes: webRoutes({ env, logger, db, database, playbacks, metrics, jobHints }),
    metrics,
    pages: pages.handle,
    pageUpgrades: env.mode === 'development' ? pages.upgrades : null,
    nodeUrls: knownNodeUrls(db),
  });
  stack.add('http', web.close);
  stack.add('jobs', jobHints.close.bind(jobHints));
  const realtime = attachRealtime({ httpServer: web.server, db, bus, env, logger, userOfCookies, playbacks, metrics });
  stack.add('realtime', realtime.close);
  await web.listen(env.port, env.host);
  logger.info({ url: env.publicUrl, host: env.host, port: env.port }, 'the web process is ready');
}

async function main(): Promise<void> {
  let env: ServerEnv;
  try {
    env = serverEnv();
  } catch (error) {
    const faults = error instanceof EnvError ? error.faults : undefined;
    createLogger({ level: 'info' }).fatal({ faults }, error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
    return;
  }
  const logger = sharedLogger(env.logLevel);
  const stack = new Stack(logger);
  const stop = async (why: string, exitCode: number) => {
    logger.info({ why }, 'the web process ends');
    await stack.close();
    process.exit(exitCode);
  };
  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));
  // The supervisor was killed; without this the port would stay taken.
  process.on('disconnect', () => void stop('the supervisor is gone', 0));
  process.on('unhandledRejection', (error) => logger.error({ err: error }, 'a promise was rejected and nobody looked'));
  try {
    await start(env, logger, stack);
  } catch (error) {
    logger.fatal({ err: error }, error instanceof Error ? error.message : 'the web process could not start');
    await stop('it could not start', 1);
  }
}

await main();
