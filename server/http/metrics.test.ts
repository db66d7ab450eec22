import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logFormat } from '../../stream-node/contract/log-format';
import { metricValue, readMetrics } from '../../stream-node/contract/metrics-text';
import { createLogger } from '../logger';
import { runInRequest } from '../request-scope';
import { testNodeSecret } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot } from '../testing/test-node';
import { startTestWeb, type TestWeb } from '../testing/test-web';

const operatorToken = 'operator-token-of-a-test';
const lines: string[] = [];
let database: TestDatabase;
let web: TestWeb;
let publicWeb: TestWeb;

beforeAll(async () => {
  database = await openTestDatabase();
  const logger = pino({ ...logFormat, level: 'debug' }, { write: (line: string) => void lines.push(line) });
  web = await startTestWeb(database, {}, logger);
  publicWeb = await startTestWeb(database, {
    ZYZZ_OPERATOR_TOKEN: operatorToken,
    ZYZZ_PUBLIC_URL: 'https://live.example.org',
    FACEBOOK_CLIENT_ID: '1',
    FACEBOOK_CLIENT_SECRET: 'x',
  });
});
afterAll(async () => {
  await web.close();
  await publicWeb.close();
  await database.close();
});

const figures = async () => await (await fetch(`${web.url}/metrics`)).text();

test('figures are in the text format, of this process, and move with what happens', async () => {
  const before = await figures();
  const count = (text: string, labels: string) => metricValue(text, 'zyzz_web_http_request_seconds_count', labels);
  const ofPages = 'method="GET",route="/event/:id",status="200"';
  await fetch(`${web.url}/event/evt_7HqK2mNpRtXa?at=2026-11-21`);
  await fetch(`${web.url}/internal/nodes/snapshot`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testNodeSecret}` },
    body: JSON.stringify(nodeSnapshot()),
  });
  const after = await figures();
  expect(count(after, ofPages) - count(before, ofPages)).toBe(1);
  expect(count(after, 'method="POST",route="/internal/nodes/snapshot",status="200"')).toBe(1);
  expect(metricValue(after, 'zyzz_web_node_snapshots_total', 'outcome="taken"')).toBe(1);
  expect(metricValue(after, 'zyzz_web_database_up')).toBe(1);
  expect(metricValue(after, 'zyzz_web_database_connections', 'state="active"')).toBeGreaterThanOrEqual(1);
  expect(metricValue(after, 'zyzz_web_database_connections_max')).toBe(5);
});

test('nobody makes new series by asking for new things', async () => {
  await fetch(`${web.url}/no/such/page`);
  await fetch(`${web.url}/wp-login.php`, { method: 'PROPFIND' });
  const series = readMetrics(await figures()).length;
  for (let n = 0; n < 20; n += 1) {
    await fetch(`${web.url}/no/such/page-${n}`);
    await fetch(`${web.url}/user/usr_7HqK2mNpRtX${n}`);
    await fetch(`${web.url}/stream/str_7HqK2mNpRtX${n}/index.m3u8`);
  }
  const text = await figures();
  // two templates that had not been asked for before, with at most a bucket for each bound, a sum and a count
  expect(readMetrics(text).length - series).toBeLessThanOrEqual(2 * 14);
  expect(text).not.toContain('usr_7HqK');
});

test('where people come from elsewhere figures are for bearers of the operator token or the node secret', async () => {
  const ask = async (headers: Record<string, string> = {}) =>
    (await fetch(`${publicWeb.url}/metrics`, { headers })).status;
  expect(await ask()).toBe(401);
  expect(await ask({ authorization: 'Bearer wrong' })).toBe(401);
  expect(await ask({ authorization: `Bearer ${operatorToken}` })).toBe(200);
  expect(await ask({ authorization: `Bearer ${testNodeSecret}` })).toBe(200);
});

test('a request has an id, which its answer and its log line share, and a proxy may give it', async () => {
  const own = await fetch(`${web.url}/watch/str_7HqK2mNpRtXa`);
  const proxyId = '0123456789abcdef0123456789abcdef';
  const given = await fetch(`${web.url}/healthz`, { headers: { 'x-request-id': proxyId } });
  const forged = await fetch(`${web.url}/healthz`, { headers: { 'x-request-id': 'no id, "but words"' } });
  expect(given.headers.get('x-request-id')).toBe(proxyId);
  expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  await expect
    .poll(() =>
      lines.map((line) => JSON.parse(line)).filter(({ requestId }) => requestId === own.headers.get('x-request-id')),
    )
    .toMatchObject([{ msg: 'answered', route: '/watch/:id', status: 200, streamId: 'str_7HqK2mNpRtXa' }]);
});

test('what an operation logs carries the ids of its request', () => {
  const written: string[] = [];
  const logger = createLogger({ level: 'info' }, { write: (line) => void written.push(line) });
  runInRequest({ requestId: 'a', streamId: 'str_7HqK2mNpRtXa' }, () => logger.info('inside'));
  logger.info('outside');
  const [inside, outside] = written.map((line) => JSON.parse(line));
  expect(inside).toMatchObject({ requestId: 'a', streamId: 'str_7HqK2mNpRtXa', msg: 'inside' });
  expect(outside).not.toHaveProperty('requestId');
});
