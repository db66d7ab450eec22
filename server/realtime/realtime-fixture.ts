import type { AddressInfo } from 'node:net';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { type Database, openDatabase } from '../../db/client';
import { events, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { userOfCookies } from '../auth';
import { openBus } from '../bus/open-bus';
import { createWebServer } from '../http/create-http-server';
import { silentLogger, testEnv } from '../testing/test-context';
import { attachRealtime } from './attach-realtime';
import type { Answer, PageToServer, ServerToPage } from './messages';
import { OpenPlaybacks } from './open-playbacks';
import { realtimeRoutes } from './playback-left-route';

// For tests: several web processes' realtime parts on one real Postgres, and real sockets of pages.

/** Short, so that a test need not wait long for it. */
const graceMs = 1200;

export async function makeEvent(db: Database, ownerId: string): Promise<string> {
  const id = newId('event');
  await db.insert(events).values({ id, ownerId, name: 'Nepal v Kenya' });
  return id;
}

export async function makeStream(
  db: Database,
  values: { eventId: string; ownerId: string } & Partial<typeof streams.$inferInsert>,
): Promise<string> {
  const id = newId('stream');
  await db.insert(streams).values({
    id,
    name: 'Sabina',
    kind: 'audio',
    state: 'live',
    startedAt: new Date(Date.now() - 60_000),
    ...values,
  });
  return id;
}

export type Page = Socket<ServerToPage, PageToServer>;
export type RealtimeWeb = {
  url: string;
  /** A page's socket, connected. */
  page(options?: { user?: { cookie: string } } & Partial<ManagerOptions & SocketOptions>): Promise<Page>;
  close(): Promise<void>;
};

/** One web process, as far as sockets go; several on one database are a cluster. */
export async function startRealtimeWeb(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<RealtimeWeb> {
  const database = openDatabase(databaseUrl, { connectionsMax: 5 });
  const { db } = database;
  const env = testEnv(databaseUrl, environment);
  const logger = silentLogger;
  const bus = await openBus({ db, env, logger });
  const playbacks = new OpenPlaybacks({ graceMs });
  const web = createWebServer({
    env,
    logger,
    routes: realtimeRoutes({ playbacks }),
    pages: async (_request, response) => {
      response.end('a page');
    },
    pageUpgrades: null,
    nodeUrls: async () => [],
  });
  const realtime = attachRealtime({
    httpServer: web.server,
    db,
    bus,
    env,
    logger,
    playbacks,
    userOfCookies: (cookieHeader) => userOfCookies(cookieHeader, { db, env }),
  });
  await web.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${(web.server.address() as AddressInfo).port}`;
  const pages: Page[] = [];
  return {
    url,
    page: async ({ user, ...options } = {}) => {
      const socket: Page = io(url, {
        transports: ['websocket'],
        forceNew: true,
        reconnectionDelay: 20,
        reconnectionDelayMax: 100,
        extraHeaders: user === undefined ? {} : { cookie: user.cookie },
        ...options,
      });
      pages.push(socket);
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
      });
      return socket;
    },
    close: async () => {
      for (const socket of pages) {
        socket.disconnect();
      }
      await realtime.close();
      await web.close();
      await bus.close();
      await database.close();
    },
  };
}

type Answers = { [Name in keyof PageToServer]: Parameters<Parameters<PageToServer[Name]>[1]>[0] };

/** Sends a message, however wrong, and waits for its acknowledgement. */
export async function ask<Name extends keyof PageToServer>(
  socket: Page,
  name: Name,
  message: unknown,
): Promise<Answers[Name]> {
  const untyped = socket as unknown as Socket;
  return (await untyped.timeout(5000).emitWithAck(name, message)) as Answers[Name];
}

/** The answer, which must not be a refusal. */
export async function accepted<Value>(answer: Promise<Answer<Value>>): Promise<{ ok: true } & Value> {
  const given = await answer;
  if (!given.ok) {
    throw new Error(`refused: ${given.code}: ${given.message}`);
  }
  return given;
}
