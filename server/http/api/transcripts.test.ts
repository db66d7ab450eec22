import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodes, streams } from '../../../db/schema';
import { receiveSnapshot } from '../../nodes/receive-snapshot';
import { curl } from '../../testing/curl';
import { testContext } from '../../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database';
import { nodeSnapshot } from '../../testing/test-node';
import { makePerson, type TestPerson } from '../../testing/test-people';
import { startTestWeb, type TestWeb } from '../../testing/test-web';

const operator = ['-H', 'Authorization: Bearer the-operator-token-of-a-test'];
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/;
const unset = '0001-01-01T00:00:00Z';

let database: TestDatabase;
let web: TestWeb;
let sabina: TestPerson;
let nodeKey: number;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startTestWeb(database, { ZYZZ_OPERATOR_TOKEN: 'the-operator-token-of-a-test' });
  sabina = await makePerson(database.db, 'Sabina');
  const snapshot = nodeSnapshot({ publicUrl: 'http://node.example:8001', rtmpUrl: 'rtmp://node.example:1935/live' });
  await receiveSnapshot(testContext(database), snapshot);
  // The node stays alive however long the tests take.
  const lastSeenAt = new Date(Date.now() + 3_600_000);
  const [node] = await database.db
    .update(nodes)
    .set({ lastSeenAt, snapshot: { ...snapshot, socketDirectory: '/tmp/zyzz-Ab3' } })
    .returning();
  nodeKey = node?.key ?? 0;
});
afterAll(async () => {
  await web.close();
  await database.close();
});

const at = (path: string) => `${web.url}${path}`;
const withBody = (method: string, body: unknown) => ['-X', method, '-d', JSON.stringify(body)];

type Data = Record<string, unknown> & { id: string; key: number };

/** The data of an answer that must have `status` and stand in the envelope. */
async function dataOf(status: number, ...args: string[]): Promise<Data> {
  const answer = await curl(...args);
  expect(`${answer.status} ${answer.body}`).toMatch(new RegExp(`^${status} \\{"error":"","data":`));
  return JSON.parse(answer.body).data;
}

/** `200 <body>` with every time of today in place of its own, so that the rest can be compared byte for byte. */
async function bytesOf(...args: string[]): Promise<string> {
  const { status, body } = await curl(...args);
  const today = new Date().getUTCFullYear();
  return `${status} ${body.replace(new RegExp(`"(${today}|${today - 1})${time.source.slice(5)}"`, 'g'), '"NOW"')}`;
}

const bearerOf = (token: unknown) => ['-H', `Authorization: Bearer ${token}`];

describe('from nothing to a stream, as curl speaks it', () => {
  let user: Data;
  let token: string[];
  let event: Data;
  let stream: Data & { publish: { grant: string; rtmp: { url: string; stream_key: string } } };

  test('an operator makes a user, and a token for them', async () => {
    user = await dataOf(
      201,
      ...operator,
      ...withBody('POST', { name: 'Radio Kantipur', description: 'from KTM' }),
      at('/api/user/'),
    );
    expect(await bytesOf(at(`/api/user/${user.id}/`))).toBe(
      `200 {"error":"","data":{"id":"${user.id}","key":${user.key},"name":"Radio Kantipur","description":"from KTM",` +
        `"language":"en","created_at":"NOW","published":0,"subscribed":0}}`,
    );
    const made = await dataOf(
      201,
      ...operator,
      ...withBody('POST', { name: 'score bot' }),
      at(`/api/user/${user.id}/tokens/`),
    );
    expect(made).toEqual({
      id: expect.stringMatching(/^tok_/),
      name: 'score bot',
      created_at: expect.stringMatching(time),
      last_used_at: unset,
      token: expect.stringMatching(/^zyzz_[\w-]{43}$/),
    });
    token = bearerOf(made.token);
    expect(await bytesOf(...token, at(`/api/user/${user.id}/tokens/`))).toBe(
      `200 {"error":"","data":[{"id":"${made.id}","name":"score bot","created_at":"NOW","last_used_at":"NOW"}]}`,
    );
  });

  test('they change their profile and make an event, which anyone reads', async () => {
    const change = withBody('PUT', { description: 'from Kathmandu', language: 'ne-np' });
    expect(await dataOf(200, ...token, ...change, at(`/api/user/${user.key}/`))).toMatchObject({
      description: 'from Kathmandu',
      language: 'ne-NP',
    });
    const fields = {
      name: 'Nepal v Kenya',
      description: 'Group A',
      running_now: 1,
      matchid: '18127',
      matchurl: 'http://scores.example/18127/',
      starttime: '2017-02-15T15:48:18+05:45',
      endtime: unset,
    };
    event = await dataOf(201, ...token, ...withBody('POST', fields), at('/api/event/'));
    const bytes =
      `200 {"error":"","data":{"id":"${event.id}","key":${event.key},"name":"Nepal v Kenya","description":"Group A",` +
      `"created_at":"NOW","starttime":"2017-02-15T10:03:18Z","endtime":"${unset}","running_now":1,"matchid":"18127",` +
      `"matchurl":"http://scores.example/18127/","creator_id":${user.key}}}`;
    expect(await bytesOf(at(`/api/event/${event.id}/`))).toBe(bytes);
    expect(await bytesOf(at(`/api/event/${event.key}`))).toBe(bytes);
    const moved = await dataOf(200, ...token, ...withBody('PUT', { running_now: false }), at(`/api/event/${event.id}`));
    expect(moved).toMatchObject({ running_now: 0, name: 'Nepal v Kenya', starttime: '2017-02-15T10:03:18Z' });
  });

  test('they make a stream, and the answer to them alone says how to publish', async () => {
    const body = {
      name: 'Nepali voice',
      description: '',
      event_id: event.key,
      kind: 'audio',
      language: 'ne',
      record: true,
      visibility: 'public',
    };
    stream = (await dataOf(201, ...token, ...withBody('POST', body), at('/api/stream/'))) as typeof stream;
    const { publish, ...rest } = stream;
    expect(publish).toEqual({
      websocket: 'ws://node.example:8001/ingest',
      grant: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      grant_expires_at: expect.stringMatching(time),
      rtmp: { url: 'rtmp://node.example:1935/live', stream_key: expect.stringMatching(/^sk_[\w-]{32}$/) },
      whip: `http://node.example:8001/whip/${stream.id}`,
      chunk_upload: `http://localhost:8000/api/streams/${stream.id}/upload`,
    });
    const node = `http://node.example:8001/stream/${stream.id}`;
    expect(rest).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9_-]{9,}$/),
      key: expect.any(Number),
      name: 'Nepali voice',
      description: '',
      created_at: expect.stringMatching(time),
      started_at: unset,
      ended_at: unset,
      status: 0,
      state: 'created',
      reason: '',
      endpoint: `${node}/`,
      subscriber_count: 0,
      creator_id: user.key,
      stream_server_id: nodeKey,
      event_id: event.key,
      transport_url: `ipc:///tmp/zyzz-Ab3/${stream.id}`,
      kind: 'audio',
      language: 'ne',
      record: true,
      visibility: 'public',
      playback: { hls: `${node}/index.m3u8`, dash: `${node}/manifest.mpd`, audio: `${node}/audio.m3u8` },
    });
    expect((await curl(at(`/api/stream/${stream.id}/`))).body).toBe(JSON.stringify({ error: '', data: rest }));
  });

  test('it is active on its event and current for its user while it is on air, and listed when it is over', async () => {
    const listed = async (path: string) => {
      const { data } = JSON.parse((await curl(at(path))).body);
      return data === null ? null : [data].flat().map(({ id }) => id);
    };
    expect(await listed(`/api/event/${event.id}/streams/`)).toEqual([]);
    expect(await bytesOf(at(`/api/user/${user.id}/streams/current/`))).toBe('200 {"error":"","data":null}');
    const startedAt = new Date('2017-02-15T10:03:18.700Z');
    await database.db.update(streams).set({ state: 'live', startedAt }).where(eq(streams.id, stream.id));
    expect(await listed(`/api/event/${event.key}/streams/`)).toEqual([stream.id]);
    expect(await listed(`/api/user/${user.id}/streams/current/`)).toEqual([stream.id]);
    expect(await dataOf(200, at(`/api/stream/${stream.key}/`))).toMatchObject({
      status: 1,
      state: 'live',
      started_at: '2017-02-15T10:03:18Z',
    });
    const stopped = await dataOf(200, ...token, '-X', 'POST', at(`/api/stream/${stream.id}/stop/`));
    expect(stopped).toMatchObject({ status: 2, state: 'ended', ended_at: expect.stringMatching(time) });
    expect(await listed(`/api/event/${event.id}/streams`)).toEqual([]);
    expect(await listed(`/api/event/${event.id}/streams?all=1`)).toEqual([stream.id]);
    expect(await listed(`/api/user/${user.id}/streams/`)).toEqual([stream.id]);
    expect(await dataOf(200, at(`/api/user/${user.id}/`))).toMatchObject({ published: 1 });
  });

  test('it is renamed and deleted by its owner', async () => {
    expect(
      await dataOf(200, ...token, ...withBody('PUT', { name: 'Old' }), at(`/api/stream/${stream.id}/`)),
    ).toMatchObject({ name: 'Old' });
    expect(await bytesOf(...token, '-X', 'DELETE', at(`/api/stream/${stream.id}/`))).toBe(
      `200 {"error":"","data":{"id":"${stream.id}"}}`,
    );
    expect(await bytesOf(at(`/api/stream/${stream.id}/`))).toBe('404 {"error":"There is no such stream","data":null}');
  });

  test('a stream is made at its event too, with what may be left out', async () => {
    const made = await dataOf(
      201,
      ...token,
      ...withBody('POST', { name: 'B', kind: 'video' }),
      at(`/api/event/${event.id}/streams/`),
    );
    expect(made).toMatchObject({
      event_id: event.key,
      kind: 'video',
      language: 'en',
      record: true,
      visibility: 'public',
    });
  });
});

test('a stream server is registered by hand, drained and removed', async () => {
  const fields = { name: 'n2', host_name: 'n2.example.org', internal_ip: '10.0.0.2', external_ip: '2001:db8::2' };
  const made = await dataOf(201, ...operator, ...withBody('POST', fields), at('/api/streamserver/'));
  expect(made).toMatchObject({ ...fields, state: 'registered', last_heartbeat_at: unset, publishers: 0, viewers: 0 });
  const listed = await curl(...operator, at('/api/streamserver/'));
  expect(JSON.parse(listed.body).data).toMatchObject([{ id: made.id }, { state: 'alive', key: nodeKey }]);
  await dataOf(200, ...operator, '-X', 'POST', at(`/api/streamserver/${made.id}/drain/`));
  const [row] = await database.db.select().from(nodes).where(eq(nodes.id, made.id));
  expect(row).toMatchObject({ drainRequested: true, draining: true });
  await dataOf(200, ...operator, '-X', 'DELETE', at(`/api/streamserver/${made.id}/`));
  expect(await bytesOf(...operator, at(`/api/streamserver/${made.id}/`))).toBe(
    '404 {"error":"There is no such stream server","data":null}',
  );
  expect(await bytesOf(...operator, '-X', 'DELETE', at(`/api/streamserver/${nodeKey}/`))).toMatch(/^409 /);
});

test('a list is read page by page, and what is added meanwhile moves nothing', async () => {
  const make = (name: string) =>
    dataOf(201, '-H', `Cookie: ${sabina.cookie}`, ...withBody('POST', { name }), at('/api/event/'));
  const made = [await make('one'), await make('two'), await make('three'), await make('four')];
  const first = await curl(at('/api/event/?limit=2'));
  const next = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  await make('five');
  const second = await curl(next.replace('http://localhost:8000', web.url));
  const ids = [first, second].flatMap(({ body }) => JSON.parse(body).data.map(({ id }: Data) => id));
  expect(ids).toEqual(made.map(({ id }) => id).reverse());
});

describe('what is wrong is said in the envelope', () => {
  const cases: [words: string, args: () => string[], answer: string][] = [
    [
      'a field',
      () => [...mine(), ...withBody('POST', { name: 'x'.repeat(121) }), at('/api/event/')],
      '400 name: at most 120 characters',
    ],
    ['a missing field', () => [...mine(), ...withBody('POST', {}), at('/api/event/')], '400 name: must be text'],
    [
      'a time',
      () => [...mine(), ...withBody('POST', { name: 'x', starttime: 'noon' }), at('/api/event/')],
      '400 starttime: must be a time such as 2017-02-15T10:03:18Z',
    ],
    [
      'an order',
      () => [
        ...mine(),
        ...withBody('POST', { name: 'x', starttime: '2017-02-15T10:03:18Z', endtime: '2017-02-15T10:03:18Z' }),
        at('/api/event/'),
      ],
      '400 endtime: must be after starttime',
    ],
    [
      'a match id',
      () => [...mine(), ...withBody('POST', { name: 'x', matchid: '1/2' }), at('/api/event/')],
      '400 matchid: must be letters, digits and . : _ -',
    ],
    [
      'a kind',
      () => [...mine(), ...withBody('POST', { name: 'x', event_id: 1, kind: 'smell' }), at('/api/stream/')],
      '400 kind: must be audio or video',
    ],
    [
      'an address',
      () => [
        ...operator,
        ...withBody('POST', { name: 'x', host_name: 'x', internal_ip: '10.0.0.256', external_ip: '::1' }),
        at('/api/streamserver/'),
      ],
      '400 internal_ip: must be an IPv4 or IPv6 address',
    ],
    ['an id in the path', () => [at('/api/stream/x/')], '400 id: must be 9 to 64 characters of A-Z, a-z, 0-9, _ and -'],
    ['a query', () => [at('/api/stream/?limit=0')], '400 limit: must be a number from 1 to 500'],
    ['no JSON', () => [...mine(), '-d', '{"name":', at('/api/event/')], '400 The body must be JSON'],
    [
      'a body of another type',
      () => [...mine(), '-H', 'Content-Type: application/xml', '-d', '<name/>', at('/api/event/')],
      '400 Content-Type: must be application/json',
    ],
    ['a form', () => [...mine(), '-F', 'name=x', at('/api/event/')], '400 Content-Type: must be application/json'],
    ['a list for an object', () => [...mine(), '-d', '[]', at('/api/event/')], '400 The body must be a JSON object'],
    [
      'deep nesting',
      () => [...mine(), '-d', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, at('/api/event/')],
      '400 The body must be a JSON object',
    ],
    [
      'nobody',
      () => [...withBody('POST', { name: 'x' }), at('/api/event/')],
      '401 Sign in first, or send a token: Authorization: Bearer …',
    ],
    [
      'an unknown token',
      () => [...bearerOf(`zyzz_${'a'.repeat(43)}`), at('/api/event/')],
      '401 Authorization: this token is not known, or was revoked',
    ],
    [
      'a malformed header',
      () => ['-H', 'Authorization: Bearer', at('/api/event/')],
      '401 Authorization: must be "Bearer" and a token',
    ],
    [
      'the wrong person',
      () => [...mine(), ...withBody('POST', { name: 'x' }), at('/api/user/')],
      '403 Only an operator may do this',
    ],
    [
      'nobody’s token',
      () => [...operator, ...withBody('POST', { name: 'x' }), at('/api/event/')],
      '403 The operator token is no person’s; use a personal API token for this',
    ],
    ['an unknown id', () => [at('/api/event/evt_aaaaaaaaaaaa/')], '404 There is no such event'],
    ['an unknown person', () => [...operator, at('/api/user/usr_aaaaaaaaaaaa/tokens/')], '404 There is no such person'],
    ['an unknown number', () => [at('/api/event/2147483647/')], '404 There is no such event'],
    ['an unknown path', () => [at('/api/nothing/')], '404 There is nothing at this path'],
    ['a wrong method', () => ['-X', 'PATCH', at('/api/event/')], '405 PATCH is not for this path'],
    [
      'another site',
      () => ['-H', 'Sec-Fetch-Site: cross-site', ...mine(), ...withBody('POST', { name: 'x' }), at('/api/event/')],
      '403 Another site may not do this',
    ],
  ];
  const mine = () => ['-H', `Cookie: ${sabina.cookie}`];

  test.each(cases)('%s', async (_words, args, answer) => {
    const { status, body, headers } = await curl(...args());
    expect(`${status} ${body}`).toBe(`${answer.slice(0, 3)} ${JSON.stringify({ error: answer.slice(4), data: null })}`);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="zyzz"' : undefined);
    expect(headers.get('allow')).toBe(status === 405 ? 'POST, GET' : undefined);
  });

  test('10 MB', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zyzz-test-'));
    try {
      writeFileSync(join(folder, 'body'), Buffer.alloc(10 * 1024 * 1024, '['));
      const answer = await curl(
        '-H',
        'Expect:',
        ...mine(),
        '--data-binary',
        `@${join(folder, 'body')}`,
        at('/api/event/'),
      );
      expect(`${answer.status} ${answer.body}`).toBe('413 {"error":"The body may be at most 65536 bytes","data":null}');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a token needs no guard against other sites, for no browser adds it by itself', async () => {
    const made = await dataOf(201, ...mine(), ...withBody('POST', { name: 'x' }), at(`/api/user/${sabina.id}/tokens/`));
    const crossSite = ['-H', 'Origin: https://other.example', '-H', 'Sec-Fetch-Site: cross-site'];
    await dataOf(201, ...crossSite, ...bearerOf(made.token), ...withBody('POST', { name: 'x' }), at('/api/event/'));
  });

  test('a number that is a private stream’s tells strangers nothing', async () => {
    const event = await dataOf(201, ...mine(), ...withBody('POST', { name: 'x' }), at('/api/event/'));
    const body = { name: 'x', kind: 'audio', visibility: 'private', event_id: event.id };
    const made = await dataOf(201, ...mine(), ...withBody('POST', body), at('/api/stream/'));
    expect(await bytesOf(at(`/api/stream/${made.key}/`))).toBe('404 {"error":"There is no such stream","data":null}');
    const own = await dataOf(200, ...mine(), at(`/api/stream/${made.key}/`));
    expect(own).toMatchObject({ id: made.id, playback: { hls: expect.stringMatching(/\/~[\w.-]+\/index\.m3u8$/) } });
    expect(own).not.toHaveProperty('publish');
  });
});
