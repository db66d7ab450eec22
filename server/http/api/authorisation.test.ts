import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTokens, nodes, streams } from '../../../db/schema';
import { newId } from '../../../stream-node/contract/ids';
import { createEvent } from '../../events/create-event';
import { receiveSnapshot } from '../../nodes/receive-snapshot';
import { callerOf, silentLogger, testContext, testEnv } from '../../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database';
import { nodeSnapshot } from '../../testing/test-node';
import { makePerson, type TestPerson } from '../../testing/test-people';
import { startTestWeb, type TestWeb } from '../../testing/test-web';
import { ApiLimits } from './api-limits';
import { apiRoutes } from './api-routes';

type Who = 'anonymous' | 'fan' | 'owner' | 'ownerToken' | 'operator' | 'operatorToken';
/** What the owner's own things are in one cell of the matrix: made afresh, since some calls change them. */
type Things = Record<'user' | 'token' | 'event' | 'live' | 'ended' | 'private' | 'idleNode', string>;
type Row = [route: string, path: (things: Things) => string, expected: Record<Who, number>, body?: unknown];

const operatorToken = 'the-operator-token-of-a-test';

const all = (status: number): Record<Who, number> => ({
  anonymous: status,
  fan: status,
  owner: status,
  ownerToken: status,
  operator: status,
  operatorToken: status,
});
const open = all(200);
const signedIn = { ...all(201), anonymous: 401, operatorToken: 403 };
const ownerGets = (status: number) => ({ ...all(403), anonymous: 401, owner: status, ownerToken: status });
const ownerOnly = ownerGets(200);
const operatorGets = (status: number) => ({ ...all(403), anonymous: 401, operator: status, operatorToken: status });
const ownerOrOperatorGets = (status: number) => ({ ...all(status), anonymous: 401, fan: 403 });
/** Another's private stream does not exist. */
const ownerKnows = { ...all(404), owner: 200, ownerToken: 200 };

const server = { name: 'n', host_name: 'n.example', internal_ip: '10.0.0.1', external_ip: '10.0.0.1' };
const stream = { name: 'x', kind: 'audio' };

const matrix: Row[] = [
  ['POST /api/user', () => '/api/user/', operatorGets(201), { name: 'x' }],
  ['GET /api/user/:id', ({ user }) => `/api/user/${user}/`, open],
  ['PUT /api/user/:id', ({ user }) => `/api/user/${user}/`, ownerOnly, { name: 'x' }],
  ['GET /api/user/:id/streams', ({ user }) => `/api/user/${user}/streams/`, open],
  ['GET /api/user/:id/streams/current', ({ user }) => `/api/user/${user}/streams/current/`, open],
  ['POST /api/user/:id/tokens', ({ user }) => `/api/user/${user}/tokens/`, ownerOrOperatorGets(201), { name: 'x' }],
  ['GET /api/user/:id/tokens', ({ user }) => `/api/user/${user}/tokens/`, ownerOrOperatorGets(200)],
  [
    'DELETE /api/user/:id/tokens/:tokenId',
    ({ user, token }) => `/api/user/${user}/tokens/${token}/`,
    ownerOrOperatorGets(200),
  ],
  ['POST /api/streamserver', () => '/api/streamserver/', operatorGets(201), server],
  ['GET /api/streamserver', () => '/api/streamserver/', operatorGets(200)],
  ['GET /api/streamserver/:id', ({ idleNode }) => `/api/streamserver/${idleNode}/`, operatorGets(200)],
  ['POST /api/streamserver/:id/drain', ({ idleNode }) => `/api/streamserver/${idleNode}/drain/`, operatorGets(200)],
  ['DELETE /api/streamserver/:id', ({ idleNode }) => `/api/streamserver/${idleNode}/`, operatorGets(200)],
  ['POST /api/event', () => '/api/event/', signedIn, { name: 'x' }],
  ['GET /api/event', () => '/api/event/', open],
  ['GET /api/event/:id', ({ event }) => `/api/event/${event}/`, open],
  ['PUT /api/event/:id', ({ event }) => `/api/event/${event}/`, ownerOnly, { name: 'x' }],
  ['GET /api/event/:id/streams', ({ event }) => `/api/event/${event}/streams/`, open],
  ['POST /api/event/:id/streams', ({ event }) => `/api/event/${event}/streams/`, signedIn, stream],
  ['POST /api/stream', () => '/api/stream/', signedIn, stream],
  ['GET /api/stream', () => '/api/stream/', open],
  ['GET /api/stream/:id', ({ live }) => `/api/stream/${live}/`, open],
  ['GET /api/stream/:id', (things) => `/api/stream/${things.private}/`, ownerKnows],
  ['PUT /api/stream/:id', ({ live }) => `/api/stream/${live}/`, ownerOnly, { name: 'x' }],
  [
    'PUT /api/stream/:id',
    (things) => `/api/stream/${things.private}/`,
    { ...ownerKnows, anonymous: 401, operatorToken: 403 },
    { name: 'x' },
  ],
  ['POST /api/stream/:id/stop', ({ live }) => `/api/stream/${live}/stop/`, ownerOnly],
  ['DELETE /api/stream/:id', ({ ended }) => `/api/stream/${ended}/`, ownerOnly],
  ['DELETE /api/stream/:id', ({ live }) => `/api/stream/${live}/`, ownerGets(409)],
];

let database: TestDatabase;
let web: TestWeb;
let people: Record<'fan' | 'owner' | 'operator', TestPerson>;
let ownersToken: string;
let shared: Things | undefined;
const nodeId = newId('node');

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database, { ZYZZ_OPERATOR_TOKEN: operatorToken });
  people = {
    fan: await makePerson(database.db, 'Fan'),
    owner: await makePerson(database.db, 'Owner'),
    operator: await makePerson(database.db, 'Operator', { role: 'operator' }),
  };
  ownersToken = (await callerOf(database, people.owner).tokens.create({ userId: people.owner.id, name: 'x' })).token;
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId }));
  // The node stays alive however long the matrix takes.
  await database.db.update(nodes).set({ lastSeenAt: new Date(Date.now() + 3_600_000) });
});
afterAll(async () => {
  await web.close();
  await database.close();
});

async function makeThings(): Promise<Things> {
  const { db } = database;
  const { id: eventId } = await createEvent(testContext(database, people.owner), { name: 'Nepal v Kenya' });
  const ownerId = people.owner.id;
  const make = async (values: Partial<typeof streams.$inferInsert>): Promise<string> => {
    const id = newId('stream');
    await db.insert(streams).values({ id, eventId, ownerId, nodeId, name: 'x', kind: 'audio', ...values });
    return id;
  };
  const [token, idleNode] = [newId('apiToken'), newId('node')];
  await db.insert(apiTokens).values({ id: token, userId: ownerId, name: 'x', tokenHash: token });
  await db.insert(nodes).values({ id: idleNode, name: 'idle' });
  return {
    user: ownerId,
    token,
    event: eventId,
    live: await make({ state: 'live' }),
    ended: await make({ state: 'ended' }),
    private: await make({ state: 'live', visibility: 'private' }),
    idleNode,
  };
}

function credentials(who: Who): Record<string, string> {
  switch (who) {
    case 'anonymous':
      return {};
    case 'ownerToken':
      return { authorization: `Bearer ${ownersToken}` };
    case 'operatorToken':
      return { authorization: `Bearer ${operatorToken}` };
    default:
      return { cookie: people[who].cookie };
  }
}

async function statusOf(row: Row, who: Who): Promise<number> {
  const [route, path, , fields] = row;
  // What is refused or only read changes nothing.
  const changesThings = !route.startsWith('GET') && row[2][who] < 400;
  shared ??= await makeThings();
  const things = changesThings ? await makeThings() : shared;
  const body = fields === stream && route === 'POST /api/stream' ? { ...stream, event_id: things.event } : fields;
  const response = await fetch(`${web.url}${path(things)}`, {
    method: route.split(' ')[0] ?? 'GET',
    headers: { ...credentials(who), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  expect(Object.keys(answer)).toEqual(['error', 'data']);
  expect(answer.error === '').toBe(response.ok);
  return response.status;
}

describe('who may call what', () => {
  test.each(matrix.map((row, index) => ({ route: row[0], index, row })))('$route (row $index)', async ({ row }) => {
    const outcomes: Partial<Record<Who, number>> = {};
    for (const who of Object.keys(open) as Who[]) {
      outcomes[who] = await statusOf(row, who);
    }
    expect(outcomes).toEqual(row[2]);
  });

  test('covers every route', () => {
    const deps = { db: database.db, env: testEnv(database.url), logger: silentLogger, limits: new ApiLimits(1) };
    const routes = apiRoutes(deps).map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(matrix.map(([route]) => route))].sort()).toEqual(routes.sort());
  });
});
