import { eq } from 'drizzle-orm';
import pino from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { events } from '../../db/schema';
import type { ChatLine } from '../realtime/messages';
import { accepted, ask, makeEvent, type Page, type RealtimeWeb, startRealtimeWeb } from '../realtime/realtime-fixture';
import { silentLogger, testEnv } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';
import type { Bus, RoomHint } from './bus';
import { notifyRoom } from './notify';
import { openBus } from './open-bus';
import { openRedisBus } from './redis-bus';
import { TestRedis } from './test-redis';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let database: TestDatabase;
let redis: TestRedis;
let bus: Bus;
let sabina: TestPerson;

beforeAll(async () => {
  database = await openTestDatabase();
  redis = await TestRedis.start();
  bus = await openBus({
    db: database.db,
    env: testEnv(database.url, { REDIS_URL: redis.url }),
    logger: silentLogger,
  });
  sabina = await makePerson(database.db, 'Sabina Karki');
});
afterAll(async () => {
  await bus?.close();
  await redis?.[Symbol.asyncDispose]();
  await database?.close();
});

const hint = (room: string): RoomHint => ({ room, kind: 'chat' });

/** Resolves when a hint of this room is heard. */
const heard = (room: string, on = bus) =>
  new Promise<void>((resolve) => {
    const stop = on.onHint((given) => {
      if (given.room === room) {
        stop();
        resolve();
      }
    });
  });

test('a hint goes out after the commit, and one of a transaction that failed never', async () => {
  const eventId = await makeEvent(database.db, sabina.id);
  const rooms: string[] = [];
  let nameAtHint: Promise<string | undefined> | undefined;
  const stop = bus.onHint(({ room }) => {
    rooms.push(room);
    if (room === 'event:done') {
      nameAtHint = database.db
        .select({ name: events.name })
        .from(events)
        .where(eq(events.id, eventId))
        .then(([row]) => row?.name);
    }
  });
  const failed = database.db.transaction(async (tx) => {
    await notifyRoom(tx, hint('event:undone'));
    throw new Error('undo');
  });
  await expect(failed).rejects.toThrow('undo');
  await database.db.transaction(async (tx) => {
    await tx.update(events).set({ name: 'after' }).where(eq(events.id, eventId));
    await tx.transaction(async (inner) => await notifyRoom(inner, hint('event:done')));
    // Long enough for a hint that went out too early to be heard.
    const other = heard('event:other');
    await notifyRoom(database.db, hint('event:other'));
    await other;
  });
  await vi.waitFor(() => expect(rooms).toContain('event:done'));
  expect(await nameAtHint).toBe('after');
  expect(rooms).toEqual(['event:other', 'event:done']);
  stop();
});

type Follower = { lines: ChatLine[]; page: Page };

async function follow(web: RealtimeWeb, eventId: string): Promise<Follower> {
  const page = await web.page();
  const lines: ChatLine[] = [];
  page.on('chat:messages', ({ messages }) => lines.push(...messages));
  await accepted(ask(page, 'event:join', { eventId }));
  return { lines, page };
}

test('people at two web processes chat over Redis, and while it is dead and after it is back nothing is missed', async () => {
  const eventId = await makeEvent(database.db, sabina.id);
  const near = await startRealtimeWeb(database.url, { REDIS_URL: redis.url });
  const far = await startRealtimeWeb(database.url, { REDIS_URL: redis.url });
  try {
    const author = await near.page({ user: sabina });
    const { lines } = await follow(far, eventId);
    const say = async (text: string) =>
      await accepted(
        ask(author, 'chat:send', { eventId, clientMessageId: `said_${text}`, text, happenedAtMs: Date.now() }),
      );
    const texts = () => lines.map(({ text }) => text);
    await say('one');
    // Before the next look at the rows is due: it came over Redis.
    await vi.waitFor(() => expect(texts()).toEqual(['one']), 3000);
    await redis.kill();
    await say('two');
    await say('three');
    await vi.waitFor(() => expect(texts()).toEqual(['one', 'two', 'three']), 20_000);
    const back = new Promise<void>((resolve) => {
      const stop = bus.onReconnect(() => {
        stop();
        resolve();
      });
    });
    await redis.launch();
    await back;
    await say('four');
    await vi.waitFor(() => expect(texts()).toEqual(['one', 'two', 'three', 'four']), 20_000);
    let isHeard = false;
    void heard('event:again').then(() => {
      isHeard = true;
    });
    await vi.waitFor(async () => {
      await notifyRoom(database.db, hint('event:again'));
      expect(isHeard).toBe(true);
    }, 20_000);
  } finally {
    await near.close();
    await far.close();
  }
});

test('a Redis that is not there does not hold up the start, and its password is in no log', async () => {
  const logged: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  const nowhere = await openRedisBus('redis://:hunter2@127.0.0.1:1', logger);
  nowhere.publish(hint('event:x'));
  await nowhere.close();
  expect(logged.join()).toContain('Redis is away');
  expect(logged.join()).not.toContain('hunter2');
});
