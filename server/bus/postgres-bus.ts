import postgres from 'postgres';
import type { Logger } from '../logger';
import { type Bus, RoomHint } from './bus';
import { roomChannel } from './notify';

/** Hears Postgres notifications on a connection of its own, which is made again whenever it breaks. */
export async function openPostgresBus(databaseUrl: string, logger: Logger): Promise<Bus> {
  const client = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const hintCallbacks = new Set<(hint: RoomHint) => void>();
  const reconnectCallbacks = new Set<() => void>();
  let connections = 0;

  const hear = (payload: string) => {
    let hint: RoomHint;
    try {
      hint = RoomHint.parse(JSON.parse(payload));
    } catch (error) {
      logger.warn({ err: error }, 'a notification that is not a room hint');
      return;
    }
    for (const callback of hintCallbacks) {
      callback(hint);
    }
  };
  const connected = () => {
    connections += 1;
    if (connections > 1) {
      for (const callback of reconnectCallbacks) {
        callback();
      }
    }
  };
  await client.listen(roomChannel, hear, connected);

  return {
    onHint: (callback) => {
      hintCallbacks.add(callback);
      return () => hintCallbacks.delete(callback);
    },
    onReconnect: (callback) => {
      reconnectCallbacks.add(callback);
      return () => reconnectCallbacks.delete(callback);
    },
    close: async () => {
      await client.end({ timeout: 1 });
    },
  };
}
