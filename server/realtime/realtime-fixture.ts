import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { type Database, openDatabase } from '../../db/client';
import { startEmbeddedPostgres } from '../../db/embedded';
import { migrateDatabase } from '../../db/migrate';
import { events, sessions, streams, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { userOfCookies } from '../auth';
import { openPostgresBus } from '../bus/postgres-bus';
import { parseEnv, type ServerEnv } from '../env';
import { createRequestListener } from '../http/request-listener';
import { createLogger } from '../logger';
import { attachRealtime } from './attach-realtime';
import type { Answer, PageToServer, ServerToPage } from './messages';
import { OpenPlaybacks } from './open-playbacks';
import { realtimeRoutes } from './playback-left-route';

// For tests: real Postgres, real web processes' realtime parts, real sockets.

export type TestDatabase = { url: string; db: Database } & AsyncDisposable;

export async function openTestDatabase(): Promise<TestDatabase> {
  const given = process.env.TEST_DATABASE_URL;
  const dataDir = mkdtempSync(join(tmpdir(), 'zyzz-realtime-'));
  const embedded = given === undefined ? await startEmbeddedPostgres({ dataDir, durable: false }) : undefined;
  const url = given ?? embedded?.url ?? '';
  await migrateDatabase(url);
  const database = openDatabase(url);
  return {
    url,
    db: database.db,
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await embedded?.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type TestUser = { id: string; name: string; cookie: string };

export async function makeUser(db: Database, name: string): Promise<TestUser> {
  const id = newId('user');
  const sessionToken = randomUUID();
  await db.insert(users).values({ id, name });
  await db.insert(sessions).values({ sessionToken, userId: id, expires: new Date(Date.now() + 3_600_000) });
  return { id, name, cookie: `next-auth.session-token=${sessionToken}` };
}

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
export type TestWeb = {
  url: string;
  env: ServerEnv;
  /** A page's socket, connected. */
  page(options?: { user?: TestUser } & Partial<ManagerOptions & SocketOptions>): Promise<Page>;
} & AsyncDisposable;

/** One web process, as far as sockets go; several on one database are a cluster. */
export async function startTestWeb(databaseUrl: string): Promise<TestWeb> {
  const { db, close } = openDatabase(databaseUrl, { connectionsMax: 5 });
  const logger = createLogger({ level: 'fatal' });
  const secret = 'a secret of a test';
  const env = parseEnv({ DATABASE_URL: databaseUrl, ZYZZ_SECRET: secret, ZYZZ_NODE_SECRET: secret });
  const bus = await openPostgresBus(databaseUrl, logger);
  const playbacks = new OpenPlaybacks();
  const listener = createRequestListener({
    env,
    logger,
    routes: realtimeRoutes({ playbacks }),
    pages: async (_request, response) => void response.writeHead(404).end(),
    nodeUrls: async () => [],
  });
  const httpServer = createServer((request, response) => void listener(request, response));
  const realtime = attachRealtime({
    httpServer,
    db,
    bus,
    env,
    logger,
    playbacks,
    userOfCookies: (cookieHeader) => userOfCookies(cookieHeader, { db, env }),
  });
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
  const pages: Page[] = [];
  return {
    url,
    env,
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
    [Symbol.asyncDispose]: async () => {
      for (const socket of pages) {
        socket.disconnect();
      }
      await realtime.close();
      httpServer.closeAllConnections();
      httpServer.close();
      await bus.close();
      await close();
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
