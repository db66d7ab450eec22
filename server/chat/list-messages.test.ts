import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ChatSend } from '../realtime/messages';
import { makeEvent } from '../realtime/realtime-fixture';
import { callerOf } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';
import { sendMessage } from './send-message';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 60_000 });

let database: TestDatabase;
let author: TestPerson;
let eventId: string;

const message = (n: number): ChatSend => ({
  eventId,
  clientMessageId: `message_${n}`,
  text: `line ${n}`,
  happenedAtMs: Date.now(),
});

beforeAll(async () => {
  database = await openTestDatabase();
  author = await makePerson(database.db, 'Sabina Karki');
  eventId = await makeEvent(database.db, author.id);
});

afterAll(async () => {
  await database?.close();
});

test('lines that are sent all at once get the numbers 1, 2, 3 … without a gap, and later numbers later times', async () => {
  const context = { db: database.db, actor: author };
  const lines = await Promise.all(Array.from({ length: 60 }, (_, n) => sendMessage(context, message(n))));
  lines.sort((a, b) => a.sequence - b.sequence);
  expect(lines.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  const times = lines.map(({ createdAtMs }) => createdAtMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('anyone reads the history, newest page first and on back to the first line', async () => {
  const { chat } = callerOf(database);
  const newest = await chat.history({ eventId });
  expect(newest.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, n) => n + 11));
  const older = await chat.history({ eventId, beforeSequence: 11 });
  expect(older.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(older[0]?.author).toEqual({ id: author.id, name: 'Sabina Karki', image: null });
});

test.each([
  ['more lines than 100', { limit: 101 }, 'BAD_REQUEST'],
  ['lines before the first', { beforeSequence: 0 }, 'BAD_REQUEST'],
  ['an id that is a path', { eventId: '../x' }, 'BAD_REQUEST'],
  ['an unknown event', { eventId: 'evt_aaaaaaaaaaaa' }, 'NOT_FOUND'],
])('a history of %s is refused', async (_what, input, code) => {
  await expect(callerOf(database).chat.history({ eventId, ...input })).rejects.toMatchObject({ code });
});

test('nobody in particular writes nothing', async () => {
  const anonymous = sendMessage({ db: database.db, actor: null }, message(1000));
  await expect(anonymous).rejects.toMatchObject({ code: 'unauthorized' });
});
