import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { events, scoreChanges, scores } from '../../db/schema';
import { metricValue } from '../../stream-node/contract/metrics-text';
import { createEvent } from '../events/create-event';
import { updateEvent } from '../events/update-event';
import { silentLogger, testContext, testEnv } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';
import { startTestWeb, type TestWeb } from '../testing/test-web';
import { pollFeeds } from './poll-feeds';
import { scoreThen } from './read-score';
import { feedXml, startTestFeed, type TestFeed } from './test-feed';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let database: TestDatabase;
let web: TestWeb;
let feed: TestFeed;
let sabina: TestPerson;
let eventId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database);
  feed = await startTestFeed();
  sabina = await makePerson(database.db, 'Sabina Karki');
});
afterAll(async () => {
  await feed.close();
  await web.close();
  await database.close();
});
beforeEach(async () => {
  await database.db.delete(events);
  feed.requests.length = 0;
  feed.answer = (_request, response) => response.end(feedXml());
  eventId = await makeRunningEvent('nep');
});

const env = { ZYZZ_SCORE_FEED_ALLOW: '127.0.0.1' };

async function makeRunningEvent(path: string): Promise<string> {
  const context = { ...testContext(database, sabina), env: testEnv(database.url, env) };
  const matchUrl = `http://127.0.0.1:${feed.port}/${path}/`;
  return (await createEvent(context, { name: 'Nepal v Kenya', runningNow: true, matchUrl })).id;
}

/** Polls quickly while `during` runs. */
async function polling(during: () => Promise<void>, pollMs = 20): Promise<void> {
  const stop = new AbortController();
  const deps = { db: database.db, logger: silentLogger, allowance: ['127.0.0.1'], pollMs, metrics: web.metrics };
  const polled = pollFeeds(deps, stop.signal);
  try {
    await during();
  } finally {
    stop.abort();
    await polled;
  }
}

const changesOf = async (id: string) =>
  await database.db.select().from(scoreChanges).where(eq(scoreChanges.eventId, id)).orderBy(scoreChanges.sequence);
const scoreOf = async (id: string) => (await database.db.select().from(scores).where(eq(scores.eventId, id)))[0];
const get = (path: string) => fetch(`${web.url}/api/cricbuzz/${path}`);

test('the score of a running event is served as the contract says, and each change is kept once with its time', async () => {
  expect((await get(eventId)).status).toBe(404);
  const before = Date.now();
  await polling(async () => {
    await vi.waitFor(() => expect(feed.requests.length).toBeGreaterThan(4), 10_000);
    feed.answer = (_request, response) => response.end(feedXml({ runs: 137, overs: '15.4' }));
    await vi.waitFor(async () => expect(await changesOf(eventId)).toHaveLength(2), 10_000);
  });
  expect(new Set(feed.requests)).toEqual(new Set(['/nep/commentary.xml']));
  const polls = (outcome: string, text: string) =>
    metricValue(text, 'zyzz_web_score_feed_polls_total', `outcome="${outcome}"`);
  const figures = await web.metrics.text();
  expect([polls('new', figures), polls('unchanged', figures) > 0]).toEqual([2, true]);
  const changes = await changesOf(eventId);
  expect(changes.map(({ sequence }) => sequence)).toEqual([1, 2]);
  const times = changes.map(({ at }) => at.getTime());
  const told = [before, ...times, Date.now()];
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  for (const path of [eventId, `${eventId}/`]) {
    const answer = await get(path);
    expect([answer.status, answer.headers.get('x-score-stale')]).toEqual([200, null]);
    const body = await answer.json();
    expect(Object.keys(body)).toEqual(['error', 'data', 'MatchInfo']);
    expect([body.error, body.data]).toEqual(['', { MatchInfo: body.MatchInfo }]);
    expect(body.MatchInfo.Score.BattingTeam).toMatchObject({ SName: 'NEP', Innings: [{ Runs: '137', Overs: '15.4' }] });
  }
  const [first = Number.NaN, second = Number.NaN] = times;
  const runsAt = async (atMs: number) =>
    (await scoreThen(database.db, eventId, atMs)).changes.map(
      ({ sheet }) => sheet.matchInfo.Score.BattingTeam.Innings[0]?.Runs,
    );
  expect(await runsAt(second)).toEqual(['137']);
  expect(await runsAt(second - 1)).toEqual(['131', '137']);
  expect(await runsAt(first - 1)).toEqual(['131', '137']);
});

test('an event that is unknown, or has no match, has no score', async () => {
  for (const [path, status] of [
    ['evt_aaaaaaaaaaaa', 404],
    ['999999999', 404],
    ['x', 400],
    ['..%2f', 400],
  ] as const) {
    expect((await get(path)).status).toBe(status);
  }
  const plain = await createEvent(testContext(database, sabina), { name: 'A marathon', runningNow: true });
  const answer = await get(plain.id);
  expect([answer.status, await answer.json()]).toEqual([404, { error: 'This event has no score', data: null }]);
});

test('when the feed fails, the last good answer is kept and marked as stale until it answers again', async () => {
  await polling(async () => {
    await vi.waitFor(async () => expect(await changesOf(eventId)).toHaveLength(1), 10_000);
    feed.answer = (_request, response) => response.end('<html>sorry</html>');
    await vi.waitFor(async () => expect((await scoreOf(eventId))?.stale).toBe(true), 10_000);
    expect((await scoreOf(eventId))?.lastError).toBe('the answer is not a score feed: it has no match');
    const stale = await get(eventId);
    expect([stale.status, stale.headers.get('x-score-stale')]).toEqual([200, 'true']);
    feed.answer = (_request, response) => response.end(feedXml());
    await vi.waitFor(async () => expect((await scoreOf(eventId))?.stale).toBe(false), 10_000);
  });
  expect(await changesOf(eventId)).toHaveLength(1);
});

test('a feed that hangs holds up no other, is asked less and less often, and one that two events name is asked once', async () => {
  const twinId = await makeRunningEvent('nep');
  const hangingId = await makeRunningEvent('hangs');
  const failingId = await makeRunningEvent('fails');
  feed.answer = (request, response) => {
    if (request.url?.startsWith('/fails')) {
      response.writeHead(500).end();
    } else if (request.url?.startsWith('/nep')) {
      response.end(feedXml());
    }
  };
  await polling(async () => {
    const good = () => feed.requests.filter((path) => path.startsWith('/nep')).length;
    await vi.waitFor(() => expect(good()).toBeGreaterThan(30), 20_000);
    expect(feed.requests.filter((path) => path.startsWith('/hangs')).length).toBeLessThan(4);
    expect(feed.requests.filter((path) => path.startsWith('/fails')).length).toBeLessThan(10);
    expect((await scoreOf(failingId))?.stale).toBe(true);
    expect([await changesOf(eventId), await changesOf(twinId)].map((changes) => changes.length)).toEqual([1, 1]);
    expect(await changesOf(hangingId)).toEqual([]);
  });
});

test('a feed is asked only while its event runs, and at its new address once that is changed', async () => {
  const context = { ...testContext(database, sabina), env: testEnv(database.url, env) };
  await polling(async () => {
    await vi.waitFor(() => expect(feed.requests).toContain('/nep/commentary.xml'), 10_000);
    await updateEvent(context, { eventId, matchUrl: `http://127.0.0.1:${feed.port}/moved/` });
    await vi.waitFor(() => expect(feed.requests).toContain('/moved/commentary.xml'), 10_000);
    await updateEvent(context, { eventId, runningNow: false });
    const otherId = await makeRunningEvent('other');
    await vi.waitFor(async () => expect(await changesOf(otherId)).toHaveLength(1), 10_000);
    // By the look that found the other event, this one was not running.
    feed.requests.length = 0;
    await vi.waitFor(() => expect(feed.requests.length).toBeGreaterThan(4), 10_000);
    expect(new Set(feed.requests)).toEqual(new Set(['/other/commentary.xml']));
  });
});

test('an address inside is refused when it is typed, by field and rule', async () => {
  const context = testContext(database, sabina);
  const rule = 'matchUrl: must be on the public internet';
  const made = createEvent(context, { name: 'x', matchUrl: 'http://169.254.169.254/latest/' });
  await expect(made).rejects.toMatchObject({ code: 'bad_request', field: 'matchUrl', userMessage: rule });
  const changed = updateEvent(context, { eventId, matchUrl: 'http://[::1]/' });
  await expect(changed).rejects.toMatchObject({ code: 'bad_request', userMessage: rule });
});
