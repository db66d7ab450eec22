import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curl } from '../../testing/curl';
import { callerOf } from '../../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database';
import { makePerson } from '../../testing/test-people';
import { startTestWeb } from '../../testing/test-web';
import { clientAddress, limitedAddress, parseAddressRange } from '../client-address';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => await database.close());

const forwardedFor = (address: string) => ['-H', `X-Forwarded-For: ${address}`];

async function withWeb(settings: Record<string, string>, use: (url: string) => Promise<void>): Promise<void> {
  const web = await startTestWeb(database, { ZYZZ_API_REQUESTS_PER_MINUTE: '3', ...settings });
  try {
    await use(`${web.url}/api/event/`);
  } finally {
    await web.close();
  }
}

test('an address that asks too often is told when to come back, whatever it says of itself', async () => {
  await withWeb({}, async (url) => {
    for (const remaining of ['2', '1', '0']) {
      const { status, headers } = await curl(...forwardedFor(`192.0.2.${remaining}`), url);
      expect([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual([
        200,
        '3',
        remaining,
      ]);
      expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    }
    const { status, body, headers } = await curl(...forwardedFor('192.0.2.9'), url);
    const seconds = headers.get('retry-after');
    expect(status).toBe(429);
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(headers.get('ratelimit-reset')).toBe(seconds);
    expect(body).toBe(`{"error":"At most 3 requests a minute; try again in ${seconds} s","data":null}`);
  });
});

test('uploads of files are counted with the rest, and refused in the words of their own surface', async () => {
  await withWeb({}, async (url) => {
    const start = new URL('/api/streams/start', url).href;
    for (const status of [401, 401, 401, 429]) {
      expect((await curl('-X', 'POST', start)).status).toBe(status);
    }
    const { status, body, headers } = await curl('-F', 'sequence=0', start.replace('start', 'str_nobody123/upload'));
    expect([status, headers.get('ratelimit-remaining')]).toEqual([429, '0']);
    expect(body).toMatch(/^{"success":false,"message":"At most 3 requests a minute; /);
  });
});

test('behind a trusted proxy each address has a limit of its own, and each person one over all addresses', async () => {
  const person = await makePerson(database.db, 'Busy');
  const { token } = await callerOf(database, person).tokens.create({ userId: person.id, name: 'x' });
  const other = await makePerson(database.db, 'Quiet');
  const { token: othersToken } = await callerOf(database, other).tokens.create({ userId: other.id, name: 'x' });
  await withWeb({ ZYZZ_TRUSTED_PROXIES: '127.0.0.0/8' }, async (url) => {
    const statusFrom = async (address: string, bearer?: string) =>
      (await curl(...forwardedFor(address), ...(bearer ? ['-H', `Authorization: Bearer ${bearer}`] : []), url)).status;
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      expect(await statusFrom(address, token)).toBe(200);
    }
    expect(await statusFrom('192.0.2.4', token)).toBe(429);
    expect(await statusFrom('192.0.2.4', othersToken)).toBe(200);
    expect(await statusFrom('192.0.2.4')).toBe(200);
  });
});

describe('who a request comes from', () => {
  const trusted = ['10.0.0.0/8', '2001:db8:ffff::/48', '127.0.0.1'].map(parseAddressRange);
  const from = (remoteAddress: string, forwarded?: string) =>
    clientAddress({ remoteAddress, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } }, trusted);

  test.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
    ['10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['::ffff:10.1.2.3', '198.51.100.7', '198.51.100.7'],
    ['10.1.2.3', '203.0.113.9, 198.51.100.7, 10.9.9.9', '198.51.100.7'],
    ['2001:db8:ffff::1', '2001:db8:1:2:3::4', '2001:db8:1:2:3::4'],
    ['10.1.2.3', 'nonsense', '10.1.2.3'],
    ['10.1.2.3', '198.51.100.7, nonsense', '10.1.2.3'],
    ['10.1.2.3', '', '10.1.2.3'],
  ])('%s, forwarded for %s: %s', (remoteAddress, forwarded, expected) => {
    expect(from(remoteAddress, forwarded)).toBe(expected);
  });

  test('an IPv6 customer is one, with all the addresses of their /64', () => {
    expect(limitedAddress('2001:db8:1:2:3::4')).toBe('2001:db8:1:2::/64');
    expect(limitedAddress('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe('2001:db8:1:2::/64');
    expect(limitedAddress('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
    expect(limitedAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  });
});
