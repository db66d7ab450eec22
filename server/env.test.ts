import { describe, expect, test } from 'vitest';
import { TestTlsFiles } from '../stream-node/contract/test-certificate';
import { EnvError, isLoopbackHost, offersLocalSignIn, parseEnv } from './env';

const minimal = {
  DATABASE_URL: 'postgres://localhost/zyzz',
  ZYZZ_SECRET: 'sixteen or more characters',
  ZYZZ_NODE_SECRET: 'sixteen or more characters',
};
const facebook = { FACEBOOK_CLIENT_ID: '1', FACEBOOK_CLIENT_SECRET: '2' };

function faultsOf(source: Record<string, string>): string[] {
  try {
    parseEnv(source);
  } catch (error) {
    if (error instanceof EnvError) {
      return error.faults;
    }
    throw error;
  }
  return [];
}

describe('the settings', () => {
  test('have defaults that make a local process', () => {
    const env = parseEnv(minimal);
    expect(env).toMatchObject({ host: '127.0.0.1', port: 8000, publicUrl: 'http://localhost:8000', facebook: null });
    expect(offersLocalSignIn(env)).toBe(true);
  });

  test('report all faults together, each by its name', () => {
    const faults = faultsOf({
      PORT: '99999',
      ZYZZ_PUBLIC_URL: 'ftp://x',
      DATABASE_URL: 'mysql://x',
      ZYZZ_SECRET: 'short',
    });
    const names = faults.map((fault) => fault.split(':')[0]);
    expect(names).toEqual(['PORT', 'ZYZZ_PUBLIC_URL', 'DATABASE_URL', 'ZYZZ_SECRET', 'ZYZZ_NODE_SECRET']);
  });

  test('never repeat a value in a fault: it may be a secret', () => {
    expect(faultsOf({ ...minimal, ZYZZ_SECRET: 'hunter2' }).join()).not.toContain('hunter2');
  });

  test('know where score feeds may lie and what the bus is, and say no more than the rule', () => {
    const given = { ...minimal, ZYZZ_SCORE_FEED_ALLOW: '127.0.0.0/8, ::1', REDIS_URL: 'rediss://:pass@bus.example/1' };
    expect(parseEnv(given)).toMatchObject({ scoreFeedAllow: ['127.0.0.0/8', '::1'], redisUrl: given.REDIS_URL });
    expect(parseEnv(minimal)).toMatchObject({ scoreFeedAllow: [], redisUrl: null });
    expect(faultsOf({ ...minimal, ZYZZ_SCORE_FEED_ALLOW: 'localhost', REDIS_URL: 'http://:pass@bus.example' })).toEqual(
      [
        'REDIS_URL: must be a redis:// or rediss:// URL',
        'ZYZZ_SCORE_FEED_ALLOW: must be addresses or ranges such as 127.0.0.0/8, with commas between',
      ],
    );
  });

  test('take an empty variable for an unset one', () => {
    expect(parseEnv({ ...minimal, PORT: '', FACEBOOK_CLIENT_ID: '', ZYZZ_PUBLIC_URL: '' }).port).toBe(8000);
  });

  test.each<Record<string, string>>([
    { HOST: '0.0.0.0' },
    { HOST: '192.168.1.5' },
    { ZYZZ_PUBLIC_URL: 'https://zyzz.example' },
  ])('refuse the public address %j without Facebook credentials', (address) => {
    const [fault] = faultsOf({ ...minimal, ...address });
    expect(fault).toContain(Object.keys(address)[0]);
    expect(fault).toContain('FACEBOOK_CLIENT_ID');
    expect(faultsOf({ ...minimal, ...address, ...facebook })).toEqual([]);
  });

  test('want both Facebook credentials or neither', () => {
    expect(faultsOf({ ...minimal, FACEBOOK_CLIENT_ID: '1' })).toHaveLength(1);
  });

  test('with a certificate make everything https, and refuse one that cannot be served together with other faults', () => {
    using files = new TestTlsFiles();
    const tls = { ...minimal, ...files.environment };
    expect(parseEnv(tls)).toMatchObject({ publicUrl: 'https://localhost:8000', tls: { certFile: files.certFile } });
    expect(faultsOf({ ...tls, ZYZZ_PUBLIC_URL: 'http://localhost:1' })).toEqual([
      'ZYZZ_PUBLIC_URL: must be https, because TLS_CERT and TLS_KEY are set',
    ]);
    const faults = faultsOf({ ...tls, TLS_KEY: '/nowhere/key.pem', HOST: '0.0.0.0' });
    expect(faults).toHaveLength(2);
    expect(faults[0]).toBe('TLS_KEY: the file /nowhere/key.pem cannot be read (ENOENT)');
  });

  test('with Facebook credentials there is no local sign-in', () => {
    expect(offersLocalSignIn(parseEnv({ ...minimal, ...facebook }))).toBe(false);
  });
});

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['10.0.0.1', false],
])('%s is a loopback host: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});
