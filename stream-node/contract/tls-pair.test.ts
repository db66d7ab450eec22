import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeTestCertificate, TestTlsFiles } from './test-certificate';
import { BadTlsPair, readTlsPair, tlsFilesOf } from './tls-pair';

const hourMs = 3_600_000;

test('a pair that matches and is in its time is served', () => {
  using files = new TestTlsFiles();
  expect(readTlsPair(files).validTo.getTime()).toBeGreaterThan(Date.now());
});

test('one setting without the other is refused, none is plain HTTP', () => {
  expect(tlsFilesOf({})).toBeNull();
  expect(() => tlsFilesOf({ TLS_CERT: 'a' })).toThrow('TLS_CERT, TLS_KEY: set both or neither');
});

test.each<[string, (files: TestTlsFiles) => void, RegExp]>([
  ['a missing file', (files) => rmSync(files.keyFile), /^TLS_KEY: the file .* cannot be read \(ENOENT\)$/],
  [
    'a certificate that is none',
    (files) => writeFileSync(files.certFile, 'hello'),
    /^TLS_CERT: is no certificate in PEM/,
  ],
  ['a key that is none', (files) => writeFileSync(files.keyFile, 'hello'), /^TLS_KEY: is no private key in PEM form/],
  [
    "another pair's key",
    (files) => writeFileSync(files.keyFile, makeTestCertificate().key),
    /^TLS_KEY: is not the key of the certificate in TLS_CERT/,
  ],
  [
    'an expired certificate',
    (files) => files.write(makeTestCertificate({ to: new Date(Date.now() - hourMs) })),
    /^TLS_CERT: the certificate expired on \d{4}-.*: renew it$/,
  ],
  [
    'a certificate of the future',
    (files) => files.write(makeTestCertificate({ from: new Date(Date.now() + hourMs) })),
    /^TLS_CERT: the certificate is not valid before \d{4}-/,
  ],
])('%s is refused in one sentence that shows nothing of the key', (_what, spoil, sentence) => {
  using files = new TestTlsFiles();
  spoil(files);
  expect(() => readTlsPair(files)).toThrow(BadTlsPair);
  expect(() => readTlsPair(files)).toThrow(sentence);
});
