import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Database } from '../../db/client';
import type { Bus } from '../bus/bus';
import type { ServerEnv } from '../env';
import type { Logger } from '../logger';
import { WebMetrics } from '../metrics/web-metrics';
import type { SessionUser } from '../users/session-user';
import { EventRooms } from './event-rooms';
import type { RealtimeContext } from './listen';
import { MessageLimits } from './message-limits';
import { realtimePath } from './messages';
import { onChatSend, onChatSince } from './on-chat';
import { onClock } from './on-clock';
import { onEventJoin, onEventLeave } from './on-event-join';
import { onPlaybackDelay, onPlaybackStart, onPlaybackStop } from './on-playback';
import { onScoreAt } from './on-score';
import { OpenPlaybacks } from './open-playbacks';
import type { PageServer, PageSocket } from './page-socket';
import { PresenceWriter } from './presence-writer';
import { isSameSite } from './same-site';

/** The largest message of a page: a line of 4000 characters of three bytes each, and its frame. */
export const messageBytesMax = 16 * 1024;
/** Counts go out at most this often. */
const tickMs = 1000;
/** Rows are looked at this often without a hint, since one may be lost. */
const lookAgainMs = 5000;

export type RealtimeDeps = {
  httpServer: HttpServer;
  db: Database;
  bus: Bus;
  env: ServerEnv;
  logger: Logger;
  userOfCookies: (cookieHeader: string | undefined) => Promise<SessionUser | null>;
  /** this process's open players, shared with `realtimeRoutes` */
  playbacks?: OpenPlaybacks;
  metrics?: WebMetrics;
};

export type Realtime = {
  /** Lets the sockets go (they connect again elsewhere) and takes this process's viewers off the count. */
  close(): Promise<void>;
};

/**
 * Socket.IO on the web process's HTTP server: chat, presence, counts and changes of an event. It takes only upgrades of
 * its own path and leaves all others alone.
 */
export function attachRealtime(deps: RealtimeDeps): Realtime {
  const { httpServer, db, bus, env, logger, userOfCookies } = deps;
  const io: PageServer = new Server(httpServer, {
    path: realtimePath,
    transports: ['websocket', 'polling'],
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: messageBytesMax,
    // A phone that lost its line is gone from the count within 20 s.
    pingInterval: 10_000,
    pingTimeout: 10_000,
    allowRequest: (request, decide) => {
      const allowed = isSameSite(request.headers, env.publicUrl);
      decide(allowed ? null : 'a page of another site', allowed);
    },
  });
  const playbacks = deps.playbacks ?? new OpenPlaybacks();
  const metrics = deps.metrics ?? new WebMetrics();
  metrics.watchOpen(() => ({
    sockets: io.engine.clientsCount,
    players: [...playbacks.viewersByStream().values()].reduce((sum, viewers) => sum + viewers, 0),
  }));
  const rooms = new EventRooms({ io, db, env, logger, metrics });
  const limits = new MessageLimits();
  const context: RealtimeContext = { db, env, logger, rooms, playbacks, limits, metrics, userOfCookies };
  const presence = new PresenceWriter(db);

  io.use((socket, next) => {
    socket.data.cookieHeader = socket.request.headers.cookie;
    userOfCookies(socket.data.cookieHeader).then(
      (user) => {
        socket.data.user = user;
        next();
      },
      (err: unknown) => {
        logger.error({ err }, 'a session could not be looked up');
        next(new Error('unavailable'));
      },
    );
  });
  io.on('connection', (socket) => welcome(context, socket));

  const stopListening = [bus.onHint((hint) => rooms.hear(hint)), bus.onReconnect(() => rooms.lookAgain())];
  const lookAgain = setInterval(() => rooms.lookAgain(), lookAgainMs);
  const ticker = startTicker(async () => {
    await presence.write(playbacks.viewersByStream(), playbacks.delaysByStream());
    await rooms.tellCounts();
    await rooms.tellDelays();
  }, logger);

  return {
    close: async () => {
      for (const stop of stopListening) {
        stop();
      }
      clearInterval(lookAgain);
      await ticker.stop();
      // The transports alone: pages see a broken line and connect again. The HTTP server is its owner's to close.
      io.engine.close();
      await presence.close();
    },
  };
}

function welcome(context: RealtimeContext, socket: PageSocket): void {
  const ofPlayback = [onPlaybackStart, onPlaybackStop, onPlaybackDelay];
  for (const handle of [onEventJoin, onEventLeave, ...ofPlayback, onChatSend, onChatSince, onScoreAt, onClock]) {
    handle(context, socket);
  }
  socket.on('disconnect', () => {
    context.playbacks.socketGone(socket.id);
    void context.limits.forget(socket);
  });
}

/** Runs `work` once a second, one run at a time; a failed run is tried again at the next. */
function startTicker(work: () => Promise<void>, logger: Logger): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (!isRunning) {
      isRunning = true;
      running = work()
        .catch((err: unknown) => logger.warn({ err }, 'viewers could not be counted'))
        .finally(() => {
          isRunning = false;
        });
    }
  }, tickMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
