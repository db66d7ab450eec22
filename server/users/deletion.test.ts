import { createHmac } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, chatMessages, streams, streamTombstones } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { sendMessage } from '../chat/send-message';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { ChatTail } from '../realtime/chat-tail';
import { busyPerson } from '../testing/busy-person';
import { callerOf, testContext } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot, observedStream } from '../testing/test-node';
import { makePerson, type TestPerson } from '../testing/test-people';
import { startTestWeb, type TestWeb } from '../testing/test-web';

const appSecret = 'the secret of the app';
let database: TestDatabase;
let web: TestWeb;
let operator: TestPerson;
const nodeId = newId('node');

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database, { FACEBOOK_CLIENT_ID: '1029384756', FACEBOOK_CLIENT_SECRET: appSecret });
  operator = await makePerson(database.db, 'Operator', { role: 'operator' });
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId }));
});
afterAll(async () => {
  await web.close();
  await database.close();
});

/** Every table of which some row holds `text`, in whatever column. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await database.db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await database.db.execute<{ has: boolean }>(
      sql`select exists (select 1 from ${sql.identifier(name)} as t where strpos(t::text, ${text}) > 0) as has`,
    );
    if (row?.has) {
      found.push(name);
    }
  }
  return found;
}

const say = (actor: TestPerson, eventId: string, text: string) =>
  sendMessage(
    { db: database.db, actor },
    { eventId, text, clientMessageId: newId('message'), happenedAtMs: Date.now() },
  );

test('of a deleted account no row is left, and the node is told to delete its live stream and recording', async () => {
  const { person, streamId, ownEventId } = await busyPerson(database, nodeId, 'Leaver');
  await callerOf(database, operator).admin.setRole({ userId: person.id, role: 'operator' });
  expect((await tablesWith(person.id)).length).toBeGreaterThan(5);

  await callerOf(database, person).users.deleteAccount({ confirmation: 'Delete my account ' });

  expect(await tablesWith(person.id)).toEqual([]);
  expect(await tablesWith(ownEventId)).toEqual([]);
  expect(await database.db.select().from(streams).where(eq(streams.id, streamId))).toEqual([]);
  expect(
    await database.db.select().from(streamTombstones).where(eq(streamTombstones.streamId, streamId)),
  ).toMatchObject([{ nodeId }]);
  const told = await receiveSnapshot(
    testContext(database),
    nodeSnapshot({ nodeId, streams: [observedStream(streamId)] }),
  );
  expect(told.streams).toMatchObject([{ streamId, action: 'delete' }]);
  const [deletion, roleChange] = await callerOf(database, operator).admin.auditLog({});
  expect(deletion).toMatchObject({ action: 'user.delete', actor: null, subjectId: null, subjectName: null });
  expect(roleChange).toMatchObject({ action: 'user.role', actor: { name: 'Operator' }, subjectId: null });
});

test('what others have a part in stays: their streams, their lines, the numbers of the log', async () => {
  const { db } = database;
  const { person, ownEventId } = await busyPerson(database, nodeId, 'Host who leaves');
  const other = await makePerson(db, 'Other');
  const { stream } = await callerOf(database, other).streams.create({
    ...{ eventId: ownEventId, name: 'Stays', kind: 'audio', language: 'en', record: true },
  });
  await say(person, ownEventId, 'My secret words');
  await say(other, ownEventId, 'An answer');
  const tail = new ChatTail(db, ownEventId, () => undefined);
  await tail.open();

  await callerOf(database, person).users.deleteAccount({ confirmation: 'delete my account' });

  expect(await tablesWith(person.id)).toEqual([]);
  expect(await tablesWith('My secret words')).toEqual([]);
  const reader = callerOf(database);
  expect((await reader.events.get({ eventId: ownEventId })).owner.name).toBe('Someone who left');
  expect((await reader.streams.get({ streamId: stream.id })).stream.name).toBe('Stays');
  const messages = await reader.chat.history({ eventId: ownEventId });
  expect(messages.map(({ sequence, text, author }) => [sequence, text, author.name])).toEqual([
    [1, '[deleted]', 'Someone who left'],
    [2, 'An answer', 'Other'],
  ]);
  await tail.reread();
  expect(tail.newest(2), 'whoever joins is shown the same').toEqual(messages);
  await say(other, ownEventId, 'Goes on');
  expect(
    await db
      .select()
      .from(chatMessages)
      .where(and(eq(chatMessages.eventId, ownEventId), eq(chatMessages.sequence, 3))),
  ).toHaveLength(1);
});

test('an account is deleted by the person alone, who says so in words', async () => {
  const person = await makePerson(database.db, 'Careful');
  await expect(callerOf(database, person).users.deleteAccount({ confirmation: 'yes' })).rejects.toThrow(
    /delete my account/,
  );
  const byToken = callerOf(database, { ...person, via: 'token' });
  await expect(byToken.users.deleteAccount({ confirmation: 'delete my account' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  await expect(callerOf(database).users.deleteAccount({ confirmation: 'delete my account' })).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
  });
});

function signed(payload: unknown, secret = appSecret): string {
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${createHmac('sha256', secret).update(encoded).digest('base64url')}.${encoded}`;
}

async function askAsFacebook(signedRequest: string): Promise<Response> {
  return await fetch(`${web.url}/api/facebook/data-deletion`, {
    method: 'POST',
    body: new URLSearchParams({ signed_request: signedRequest }),
  });
}

test('Facebook has a person’s data deleted, and gets a code under which the fact is shown and nothing else', async () => {
  const { person } = await busyPerson(database, nodeId, 'By Facebook');
  const [account] = await database.db.select().from(accounts).where(eq(accounts.userId, person.id));
  const request = signed({ algorithm: 'HMAC-SHA256', user_id: account?.providerAccountId, issued_at: 1_795_000_000 });

  const answer = await askAsFacebook(request);

  expect(answer.status).toBe(200);
  const { url, confirmation_code: code } = (await answer.json()) as { url: string; confirmation_code: string };
  expect(url).toBe(`http://localhost:8000/data-deletion/${code}`);
  expect(await tablesWith(person.id)).toEqual([]);
  expect(await tablesWith(`"${account?.providerAccountId}"`)).toEqual([]);
  expect(Object.keys(await callerOf(database).users.dataDeletion({ code }))).toEqual(['requestedAt']);

  // The same person comes back; somebody who kept the request sends it again.
  const again = await makePerson(database.db, 'Back again');
  await database.db.insert(accounts).values({
    ...account,
    userId: again.id,
    type: 'oauth',
    provider: 'facebook',
    providerAccountId: account?.providerAccountId ?? '',
  });
  expect(await (await askAsFacebook(request)).json()).toEqual({ url, confirmation_code: code });
  expect(await tablesWith(again.id)).not.toEqual([]);
});

test('a person without an account gets a code like any other', async () => {
  const answer = await askAsFacebook(signed({ algorithm: 'HMAC-SHA256', user_id: '999999' }));
  expect(answer.status).toBe(200);
  const { confirmation_code: code } = (await answer.json()) as { confirmation_code: string };
  expect(Object.keys(await callerOf(database).users.dataDeletion({ code }))).toEqual(['requestedAt']);
  await expect(callerOf(database).users.dataDeletion({ code: 'A'.repeat(22) })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test.each([
  ['another app’s signature', signed({ algorithm: 'HMAC-SHA256', user_id: '1' }, 'another secret'), /not signed/],
  ['another algorithm', signed({ algorithm: 'none', user_id: '1' }), /algorithm: must be HMAC-SHA256/],
  ['no person', signed({ algorithm: 'HMAC-SHA256' }), /user_id/],
  ['a payload that is no JSON', signed('').replace(/\..*/, '.e30x'), /not signed/],
  ['no signature', 'e30', /base64url/],
  ['nothing', '', /base64url/],
])('a request with %s is refused', async (_what, request, words) => {
  const answer = await askAsFacebook(request);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { message: string }).message).toMatch(words);
});
