import postgres from 'postgres';
import type { Logger } from '../logger';
import type { Bus } from './bus';
import { HintCallbacks } from './hint-callbacks';
import { roomChannel } from './notify';

/** Hears Postgres notifications on a connection of its own, which is made again whenever it breaks. */
export async function openPostgresBus(databaseUrl: string, logger: Logger): Promise<Bus> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const callbacks = new HintCallbacks(logger);
  await client.listen(
    roomChannel,
    (payload) => callbacks.hear(payload),
    () => callbacks.connected(),
  );
  return {
    onHint: (callback) => callbacks.onHint(callback),
    onReconnect: (callback) => callbacks.onReconnect(callback),
    close: async () => {
      await client.end({ timeout: 1 });
    },
  };
}
