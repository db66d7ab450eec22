import { once } from 'node:events';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson } from '../testing/test-people';
import { messageBytesMax } from './attach-realtime';
import { accepted, ask, makeEvent, type RealtimeWeb, startRealtimeWeb } from './realtime-fixture';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 60_000 });

let database: TestDatabase;
let web: RealtimeWeb;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startRealtimeWeb(database.url);
});

afterAll(async () => {
  await web?.close();
  await database?.close();
});

test.each(['websocket', 'polling'])("another site's page gets no socket by %s", async (transport) => {
  const user = await makePerson(database.db, 'Victim');
  const extraHeaders = { origin: 'https://evil.example', cookie: user.cookie };
  await expect(web.page({ transports: [transport], extraHeaders, reconnection: false })).rejects.toThrow();
});

test('our own page gets one, by websocket and by polling', async () => {
  for (const transport of ['websocket', 'polling']) {
    const page = await web.page({ transports: [transport], extraHeaders: { origin: web.url } });
    await accepted(ask(page, 'clock', { sentAtMs: Date.now() }));
  }
});

test('a message over the limit closes its own socket and no other', async () => {
  const eventId = await makeEvent(database.db, (await makePerson(database.db, 'Owner')).id);
  const bystander = await web.page();
  await accepted(ask(bystander, 'event:join', { eventId }));
  const flooder = await web.page({ reconnection: false });
  flooder.emit(
    'chat:send',
    { eventId, clientMessageId: 'x'.repeat(8), text: 'x'.repeat(messageBytesMax), happenedAtMs: 0 },
    () => undefined,
  );
  await new Promise<void>((resolve) => flooder.once('disconnect', () => resolve()));
  await accepted(ask(bystander, 'clock', { sentAtMs: 0 }));
  expect(bystander.connected).toBe(true);
});

test.each([
  ['text that is no packet', 'garbage'],
  ['a packet of a type that does not exist', '49{}'],
  ['an event without a name', '42[]'],
  ['an event of a reserved name', '42["disconnect"]'],
  ['attachments that never come', '451-["chat:send",{"_placeholder":true,"num":0}]'],
  ['more attachments than any message has', '45999999-["chat:send"]'],
  ['bytes', Buffer.from([0xff, 0xfe, 0x00])],
])('%s harms nobody else', async (_what, frame) => {
  const bystander = await web.page();
  const raw = new WebSocket(`${web.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  await once(raw, 'open');
  raw.send('40');
  raw.send(frame);
  raw.close();
  await once(raw, 'close');
  await accepted(ask(bystander, 'clock', { sentAtMs: 0 }));
});

test.each([undefined, null, 7, 'text', [], { eventId: 7 }, { eventId: 'x' }, { eventId: ['evt_aaaaaaaaaaaa'] }])(
  'a join by %j is refused by field and rule',
  async (message) => {
    const page = await web.page();
    expect(await ask(page, 'event:join', message)).toMatchObject({ ok: false, code: 'bad_request' });
  },
);

test('a message without an acknowledgement, or of an unknown name, is survived', async () => {
  const page = await web.page();
  const untyped = page as unknown as Socket;
  untyped.emit('chat:send', { text: 'no acknowledgement' });
  untyped.emit('admin:promote', {}, () => undefined);
  await accepted(ask(page, 'clock', { sentAtMs: 0 }));
});

test('a socket that floods is refused, then closed; its neighbour is not', async () => {
  const bystander = await web.page();
  const flooder = await web.page({ reconnection: false });
  const closed = new Promise<void>((resolve) => flooder.once('disconnect', () => resolve()));
  const answers = [];
  for (let i = 0; i < 400; i++) {
    answers.push(ask(flooder, 'clock', { sentAtMs: i }).catch(() => null));
  }
  await closed;
  await accepted(ask(bystander, 'clock', { sentAtMs: 0 }));
  flooder.disconnect();
});

test('an upgrade of another path is hung up on and harms no socket', async () => {
  const bystander = await web.page();
  const raw = new WebSocket(`${web.url.replace('http', 'ws')}/elsewhere`);
  await expect(once(raw, 'open')).rejects.toThrow('socket hang up');
  await accepted(ask(bystander, 'clock', { sentAtMs: 0 }));
});

test('the clock answers with the time of receipt', async () => {
  const page = await web.page();
  const sentAtMs = Date.now();
  const { receivedAtMs } = await accepted(ask(page, 'clock', { sentAtMs }));
  expect(Math.abs(receivedAtMs - sentAtMs)).toBeLessThan(2000);
});
