import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sessions } from '../../db/schema';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';
import { chatLinesPerPersonMax } from './message-limits';
import type { ChatLine } from './messages';
import {
  accepted,
  ask,
  makeEvent,
  makeStream,
  type Page,
  type RealtimeWeb,
  startRealtimeWeb,
} from './realtime-fixture';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 60_000 });

let database: TestDatabase;
let web: RealtimeWeb;
let otherWeb: RealtimeWeb;
let sabina: TestPerson;
let eventId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startRealtimeWeb(database.url);
  otherWeb = await startRealtimeWeb(database.url);
  sabina = await makePerson(database.db, 'Sabina Karki');
});

afterAll(async () => {
  await web?.close();
  await otherWeb?.close();
  await database?.close();
});

let made = 0;
const line = (text: string, more: Record<string, unknown> = {}) => ({
  eventId,
  clientMessageId: `message_${made++}`,
  text,
  happenedAtMs: Date.now(),
  ...more,
});

/** Joins, and keeps every line the page is given, in the order of arrival; joins again after each reconnect. */
async function follow(page: Page): Promise<ChatLine[]> {
  const lines: ChatLine[] = [];
  page.on('chat:messages', ({ messages }) => lines.push(...messages));
  // By callback: a promise would resume after a packet that came in the same read as the acknowledgement.
  const join = () =>
    new Promise<void>((resolve) => {
      page.emit('event:join', { eventId, afterSequence: lines.at(-1)?.sequence }, (answer) => {
        if (answer.ok) {
          lines.push(...answer.messages);
        }
        resolve();
      });
    });
  await join();
  page.io.on('reconnect', () => void join());
  return lines;
}

async function freshEvent() {
  eventId = await makeEvent(database.db, sabina.id);
}

test('a line reaches everyone at every process once, with name, sequence and the author playhead', async () => {
  await freshEvent();
  const streamId = await makeStream(database.db, { eventId, ownerId: sabina.id });
  const near = await follow(await web.page());
  const far = await follow(await otherWeb.page());
  const author = await web.page({ user: sabina });
  const happenedAtMs = Date.now() - 4200;
  const { message } = await accepted(ask(author, 'chat:send', line('Four!', { streamId, happenedAtMs })));
  expect(message).toMatchObject({
    sequence: 1,
    text: 'Four!',
    author: { id: sabina.id, name: 'Sabina Karki', image: null },
    streamId,
    happenedAtMs,
  });
  await vi.waitFor(() => expect([near, far]).toEqual([[message], [message]]));
});

test('two pages see the same ordered log without a gap, though one loses its line again and again', async () => {
  await freshEvent();
  const steady = await follow(await web.page());
  const shakyPage = await otherWeb.page();
  const shaky = await follow(shakyPage);
  const authors = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async (n) =>
      (n % 2 ? web : otherWeb).page({ user: await makePerson(database.db, `Fan ${n}`) }),
    ),
  );
  const sent = authors.map(async (page, n) => {
    for (let i = 0; i < chatLinesPerPersonMax; i++) {
      await accepted(ask(page, 'chat:send', line(`${n} says ${i}`)));
      if (i % 3 === 2 && n === 0) {
        shakyPage.io.engine.close();
      }
    }
  });
  await Promise.all(sent);
  const count = authors.length * chatLinesPerPersonMax;
  await vi.waitFor(() => expect([steady.length, shaky.length]).toEqual([count, count]), 10_000);
  expect(steady.map(({ sequence }) => sequence)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(shaky).toEqual(steady);
});

test('the same client id twice, and at once, is one line', async () => {
  await freshEvent();
  const lines = await follow(await web.page());
  const here = await web.page({ user: sabina });
  const there = await otherWeb.page({ user: sabina });
  const message = line('Only once');
  const answers = await Promise.all([
    ask(here, 'chat:send', message),
    ask(there, 'chat:send', message),
    ask(here, 'chat:send', { ...message, text: 'Only once, I said' }),
  ]);
  const ids = answers.map((answer) => (answer.ok ? answer.message.id : answer.code));
  expect(new Set(ids).size).toBe(1);
  await accepted(ask(here, 'chat:send', line('Next')));
  await vi.waitFor(() =>
    expect(lines.map(({ sequence, text }) => [sequence, text])).toEqual([
      [1, 'Only once'],
      [2, 'Next'],
    ]),
  );
});

test('lines of one page keep the order in which they were typed', async () => {
  await freshEvent();
  const lines = await follow(await otherWeb.page());
  const page = await web.page({ user: await makePerson(database.db, 'Fan') });
  const texts = Array.from({ length: chatLinesPerPersonMax }, (_, i) => `line ${i}`);
  await Promise.all(texts.map((text) => accepted(ask(page, 'chat:send', line(text)))));
  await vi.waitFor(() => expect(lines.map(({ text }) => text)).toEqual(texts));
});

test('a client id that was used at another event is refused', async () => {
  await freshEvent();
  const page = await web.page({ user: sabina });
  const message = line('Here');
  await accepted(ask(page, 'chat:send', message));
  await freshEvent();
  expect(await ask(page, 'chat:send', { ...message, eventId })).toMatchObject({ ok: false, code: 'conflict' });
});

test('HTML comes back as the text it was', async () => {
  await freshEvent();
  const page = await web.page({ user: sabina });
  const text = `<script>alert(1)</script><img src=x onerror="alert('x')"> &amp; </textarea>`;
  const { message } = await accepted(ask(page, 'chat:send', line(`  ${text}  `)));
  expect(message.text).toBe(text);
});

test.each([
  ['500 characters as a reader counts them', '👩‍👩‍👧'.repeat(500), null],
  ['501', 'x'.repeat(501), /^text: at most 500/],
  ['nothing but spaces', '   ', /^text: must not be empty/],
  ['five marks on one letter', 'Z\u0335\u0336\u0337\u0338\u0316algo', /^text: must not stack more than 4/],
  ['three marks, as scripts need', 'क्\u0902', null],
  ['a direction override', 'abc\u202edef', /^text: .*direction/],
  ['a bell', 'ding\u0007', /^text: .*control/],
  ['no text', 7, /^text: must be text/],
])('a line of %s is judged by its rule', async (_what, text, rule) => {
  await freshEvent();
  const page = await web.page({ user: await makePerson(database.db, 'Fan') });
  const answer = await ask(page, 'chat:send', { ...line(''), text });
  if (rule === null) {
    expect(answer).toMatchObject({ ok: true });
  } else {
    expect(answer).toMatchObject({ ok: false, code: 'bad_request', message: expect.stringMatching(rule) });
  }
});

test.each([
  ['a client id that is too short', { clientMessageId: 'x' }, /^clientMessageId: /],
  ['a time far ahead', { happenedAtMs: Date.now() + 3_600_000 }, /^happenedAtMs: .*ahead/],
  ['a time before anything', { happenedAtMs: 5 }, /^happenedAtMs: /],
  ['a time that is no number', { happenedAtMs: 'now' }, /^happenedAtMs: /],
  ['a stream of another event', { streamId: 'str_aaaaaaaaaaaa' }, /^streamId: /],
  ['an id that is a path', { eventId: '../../etc/passwd' }, /^eventId: /],
])('%s is refused by field and rule', async (_what, wrong, rule) => {
  await freshEvent();
  const page = await web.page({ user: await makePerson(database.db, 'Fan') });
  const answer = await ask(page, 'chat:send', line('Hello', wrong));
  expect(answer).toMatchObject({ ok: false, code: 'bad_request', message: expect.stringMatching(rule) });
});

test('an unknown event is not found', async () => {
  const page = await web.page({ user: sabina });
  const eventId = 'evt_aaaaaaaaaaaa';
  expect(await ask(page, 'event:join', { eventId })).toMatchObject({ ok: false, code: 'not_found' });
  expect(await ask(page, 'chat:send', line('Hello', { eventId }))).toMatchObject({ ok: false, code: 'not_found' });
});

test('whoever talks too fast is told to wait, at any socket of theirs', async () => {
  await freshEvent();
  const fan = await makePerson(database.db, 'Fan');
  const one = await web.page({ user: fan });
  const two = await web.page({ user: fan });
  for (let i = 0; i < chatLinesPerPersonMax; i++) {
    await accepted(ask(i % 2 ? one : two, 'chat:send', line(`line ${i}`)));
  }
  expect(await ask(one, 'chat:send', line('one more'))).toMatchObject({ ok: false, code: 'too_many_requests' });
  expect(await ask(two, 'chat:send', line('one more'))).toMatchObject({ ok: false, code: 'too_many_requests' });
  const { messages } = await accepted(ask(one, 'chat:since', { eventId, afterSequence: 0 }));
  expect(messages).toHaveLength(chatLinesPerPersonMax);
});

test('an anonymous reader reads and does not write; nor does one who signed out meanwhile', async () => {
  await freshEvent();
  const anonymous = await web.page();
  await accepted(ask(anonymous, 'event:join', { eventId }));
  expect(await ask(anonymous, 'chat:send', line('Hello'))).toMatchObject({ ok: false, code: 'unauthorized' });
  const fan = await makePerson(database.db, 'Fan');
  const page = await web.page({ user: fan });
  await accepted(ask(page, 'chat:send', line('Hello')));
  await database.db.delete(sessions).where(eq(sessions.userId, fan.id));
  expect(await ask(page, 'chat:send', line('Hello again'))).toMatchObject({ ok: false, code: 'unauthorized' });
});
