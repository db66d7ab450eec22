import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import type { Logger } from '../logger';
import type { Bus, RoomHint } from './bus';
import { HintCallbacks } from './hint-callbacks';
import { roomChannel } from './notify';

/** How long the start waits for Redis. Without it the product works on: rows are read every few seconds anyway. */
const startPatienceMs = 2000;
const reconnectMaxMs = 1000;
const pingMs = 5000;
/** A line that brings nothing for so long, not even the answer to a ping, is dead. */
const silenceMaxMs = 15_000;

export type RedisBus = Bus & {
  /** Tells every web process. While Redis is away the hint is dropped, as hints may be. */
  publish(hint: RoomHint): void;
};

/** Hints over Redis: one connection listens, one speaks, and both are made again whenever they break. */
export async function openRedisBus(redisUrl: string, logger: Logger): Promise<RedisBus> {
  const callbacks = new HintCallbacks(logger);
  const options = {
    url: redisUrl,
    pingInterval: pingMs,
    socket: {
      connectTimeout: 2000,
      socketTimeout: silenceMaxMs,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 10), reconnectMaxMs),
    },
  };
  const listener = createClient(options);
  const speaker = createClient({ ...options, disableOfflineQueue: true });
  // Told once for each break, not at every attempt.
  let isAway = false;
  const onError = (err: unknown) => {
    if (!isAway) {
      isAway = true;
      logger.warn({ err }, 'Redis is away; news of other web processes come some seconds late');
    }
  };
  listener.on('error', onError);
  speaker.on('error', onError);
  listener.on('ready', () => {
    if (isAway) {
      isAway = false;
      logger.info({}, 'Redis is back');
    }
    callbacks.connected();
  });

  const listening = listener
    .connect()
    .then(() => listener.subscribe(roomChannel, (payload) => callbacks.hear(payload)));
  const started = Promise.all([listening, speaker.connect()]);
  // Ends in a fault only when the bus is closed before it was there.
  started.catch(() => undefined);
  await Promise.race([started, delay(startPatienceMs, undefined, { ref: false })]);

  return {
    onHint: (callback) => callbacks.onHint(callback),
    onReconnect: (callback) => callbacks.onReconnect(callback),
    publish: (hint) => {
      if (speaker.isReady) {
        speaker.publish(roomChannel, JSON.stringify(hint)).catch(onError);
      }
    },
    close: async () => {
      listener.destroy();
      speaker.destroy();
      await started.catch(() => undefined);
    },
  };
}
