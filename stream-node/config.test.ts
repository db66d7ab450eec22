import { expect, test } from 'vitest';
import { BadConfig, readConfig } from './config';
import { TestTlsFiles } from './contract/test-certificate';

const good = { ZYZZ_WEB_URL: 'http://127.0.0.1:8000/', ZYZZ_NODE_SECRET: 'a-secret-of-some-length' };

test('a node needs to know only where the web is and the shared secret', () => {
  expect(readConfig(good)).toMatchObject({ host: '127.0.0.1', port: 8001, webUrl: 'http://127.0.0.1:8000' });
});

test('an empty setting counts as unset', () => {
  expect(readConfig({ ...good, STREAM_NODE_PORT: '' }).port).toBe(8001);
});

test('all faults are reported together, each with its name', () => {
  const faulty = { ZYZZ_WEB_URL: 'not a url', ZYZZ_NODE_SECRET: 'short', STREAM_NODE_PORT: '99999' };
  expect(() => readConfig(faulty)).toThrow(BadConfig);
  expect(() => readConfig(faulty)).toThrow(/ZYZZ_WEB_URL: .*ZYZZ_NODE_SECRET: .*at least 16/s);
  expect(() => readConfig(faulty)).toThrow(/STREAM_NODE_PORT: /);
});

test('a fault never shows the secret', () => {
  try {
    readConfig({ ...good, ZYZZ_NODE_SECRET: 'canary', ZYZZ_WEB_URL: 'x' });
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain('canary');
  }
});

test('with a certificate the public address must be https, and a pair that is half set is a fault', () => {
  using files = new TestTlsFiles();
  expect(readConfig({ ...good, ...files.environment }).tls).toEqual({
    certFile: files.certFile,
    keyFile: files.keyFile,
  });
  const plain = { ...good, ...files.environment, STREAM_NODE_PUBLIC_URL: 'http://node.example' };
  expect(() => readConfig(plain)).toThrow(/STREAM_NODE_PUBLIC_URL: must be https/);
  expect(() => readConfig({ ...good, TLS_KEY: files.keyFile })).toThrow(/TLS_CERT, TLS_KEY: set both or neither/);
});

test('ports for WHIP are one or a range, and its public address is an IP address', () => {
  expect(readConfig(good)).toMatchObject({ whipPorts: null, whipPublicAddress: null });
  expect(readConfig({ ...good, WHIP_UDP_PORTS: '50000-50100', WHIP_PUBLIC_ADDRESS: '203.0.113.7' })).toMatchObject({
    whipPorts: { first: 50_000, last: 50_100 },
    whipPublicAddress: '203.0.113.7',
  });
  expect(readConfig({ ...good, WHIP_UDP_PORTS: '50000' }).whipPorts).toEqual({ first: 50_000, last: 50_000 });
  for (const ports of ['50100-50000', '0', '1-99999', 'any']) {
    expect(() => readConfig({ ...good, WHIP_UDP_PORTS: ports })).toThrow(/WHIP_UDP_PORTS: must/);
  }
  expect(() => readConfig({ ...good, WHIP_PUBLIC_ADDRESS: 'my.host' })).toThrow(/WHIP_PUBLIC_ADDRESS: must be an IP/);
});
