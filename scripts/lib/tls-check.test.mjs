import { expect, onTestFinished, test } from 'vitest';
import { makeTestCertificate, TestTlsFiles } from '../../stream-node/contract/test-certificate';
import { checkTls } from './tls-check.mjs';

const urls = ['https://localhost:8000', 'https://127.0.0.1:8001'];
const dayMs = 24 * 60 * 60 * 1000;

function makePair(validity = {}) {
  const files = new TestTlsFiles(makeTestCertificate(validity));
  onTestFinished(() => files[Symbol.dispose]());
  return files;
}

test('a pair is told with its names and the days it lasts, no pair as plain HTTP', () => {
  const files = makePair({ to: new Date(Date.now() + 30.5 * dayMs) });
  expect(checkTls(files.environment, urls)).toBe('for localhost, 127.0.0.1, 30 days left');
  expect(checkTls({ TLS_CERT: '' }, urls)).toBe('none: plain HTTP');
});

test('every fault comes with its cure', () => {
  const files = makePair();
  const other = makePair({ to: new Date(Date.now() - dayMs) });
  const { TLS_CERT, TLS_KEY } = files.environment;
  expect(() => checkTls({ TLS_CERT }, urls)).toThrow('TLS_KEY is missing: set TLS_CERT and TLS_KEY, or neither.');
  expect(() => checkTls({ TLS_CERT: '/nowhere', TLS_KEY }, urls)).toThrow(/cannot be read \(ENOENT\): correct it\.$/);
  expect(() => checkTls({ TLS_CERT: TLS_KEY, TLS_KEY }, urls)).toThrow(/is no certificate in PEM form/);
  expect(() => checkTls({ TLS_CERT, TLS_KEY: other.keyFile }, urls)).toThrow(/^TLS_KEY is not the key of/);
  expect(() => checkTls(other.environment, urls)).toThrow(/^the certificate expired on .*: renew it\.$/);
  expect(() => checkTls(files.environment, ['https://zyzz.example'])).toThrow(
    /^the certificate does not name zyzz\.example \(it has: DNS:localhost, IP Address:127\.0\.0\.1\)/,
  );
});
