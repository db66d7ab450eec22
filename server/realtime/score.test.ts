import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readScoreFeed } from '../score/read-score-feed';
import { markScoreStale, storeScore } from '../score/store-score';
import { feedXml } from '../score/test-feed';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson } from '../testing/test-people';
import { EventJoined, ScoreAnswer, ScoreMessage } from './messages';
import { ask, makeEvent, type RealtimeWeb, startRealtimeWeb } from './realtime-fixture';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 60_000 });

let database: TestDatabase;
let web: RealtimeWeb;
let ownerId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startRealtimeWeb(database.url);
  ownerId = (await makePerson(database.db, 'Sabina Karki')).id;
});
afterAll(async () => {
  await web?.close();
  await database?.close();
});

const sheet = (runs: number) => readScoreFeed(Buffer.from(feedXml({ runs })));
const startMs = Date.UTC(2026, 10, 21, 9, 30);

test('a page is shown the score and told of each change once, in order, and of a feed that falls silent', async () => {
  const eventId = await makeEvent(database.db, ownerId);
  await storeScore(database.db, eventId, sheet(1), startMs);
  const page = await web.page();
  const told: ScoreMessage[] = [];
  page.on('score', (message) => told.push(ScoreMessage.parse(message)));
  const joined = EventJoined.parse(await ask(page, 'event:join', { eventId }));
  expect(joined.score).toMatchObject({ changes: [{ sequence: 1, atMs: startMs }], feed: { isStale: false } });
  for (let run = 2; run <= 60; run += 1) {
    await storeScore(database.db, eventId, sheet(run), startMs + run * 1000);
  }
  const changes = () => told.flatMap(({ score }) => score.changes);
  await vi.waitFor(() => expect(changes()).toHaveLength(59));
  expect(changes().map(({ sequence }) => sequence)).toEqual(Array.from({ length: 59 }, (_, i) => i + 2));
  await markScoreStale(database.db, eventId, 'the feed answered 503');
  await vi.waitFor(() =>
    expect(told.at(-1)?.score.feed).toMatchObject({ isStale: true, fault: 'the feed answered 503' }),
  );
  await storeScore(database.db, eventId, sheet(60), startMs + 90_000);
  await vi.waitFor(() => expect(told.at(-1)?.score).toMatchObject({ changes: [], feed: { isStale: false } }));

  const then = ScoreAnswer.parse(await ask(page, 'score:at', { eventId, atMs: startMs + 10_500 }));
  expect(then.changes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 39 }, (_, i) => i + 10));
  expect(then.untilMs).toBe(startMs + 49_000);
  const newcomer = EventJoined.parse(await ask(await web.page(), 'event:join', { eventId }));
  expect(newcomer.score.changes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, i) => i + 21));
});

test('a moment that is none is refused by field and rule', async () => {
  const eventId = await makeEvent(database.db, ownerId);
  const answer = await ask(await web.page(), 'score:at', { eventId, atMs: 'now' });
  expect(answer).toMatchObject({ ok: false, code: 'bad_request', message: expect.stringMatching(/^atMs: /) });
});
