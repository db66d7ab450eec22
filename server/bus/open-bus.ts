import type { Database } from '../../db/client';
import type { ServerEnv } from '../env';
import type { Logger } from '../logger';
import type { Bus } from './bus';
import { sendHintsBy } from './notify';
import { openPostgresBus } from './postgres-bus';
import { openRedisBus } from './redis-bus';

/** The bus that the settings name; with Redis, the hints of `db` go there too. Call it once for a database. */
export async function openBus(deps: { db: Database; env: ServerEnv; logger: Logger }): Promise<Bus> {
  const { db, env, logger } = deps;
  if (env.redisUrl === null) {
    return await openPostgresBus(env.databaseUrl, logger);
  }
  const bus = await openRedisBus(env.redisUrl, logger);
  sendHintsBy(db, bus.publish);
  return bus;
}
