import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from './tls-pair';

const oids = { ecdsaWithSha256: '06082a8648ce3d040302', commonName: '0603550403', subjectAltName: '0603551d11' };

/** One ASN.1 element in DER: lengths in as few bytes as they need, or browsers refuse it (X.690 10.1). */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const { length } = body;
  const encoded = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...encoded]), body]);
}
const sequence = (...contents: Buffer[]) => der(0x30, ...contents);
const oid = (hex: string) => Buffer.from(hex, 'hex');
const generalizedTime = (date: Date) => der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

/** A certificate for `localhost` and 127.0.0.1 that signs itself (RFC 5280 4.1), and its key; both PEM. */
export function makeTestCertificate(validity: { from?: Date; to?: Date } = {}): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const name = sequence(der(0x31, sequence(oid(oids.commonName), der(0x0c, Buffer.from('zyzz test')))));
  const hosts = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const now = Date.now();
  const { from = new Date(now - 3_600_000), to = new Date(now + 3_600_000) } = validity;
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    algorithm,
    name,
    sequence(generalizedTime(from), generalizedTime(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid(oids.subjectAltName), der(0x04, hosts)))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  return {
    cert: pem(sequence(toBeSigned, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A pair in files of their own, for as long as a test lasts. */
export class TestTlsFiles implements TlsFiles, Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'zyzz-tls-'));
  readonly certFile = join(this.#folder, 'cert.pem');
  readonly keyFile = join(this.#folder, 'key.pem');
  /** what the files hold, PEM */
  cert = '';

  constructor(pair = makeTestCertificate()) {
    this.write(pair);
  }

  write({ cert, key }: { cert: string; key: string }): void {
    this.cert = cert;
    writeFileSync(this.keyFile, key, { mode: 0o600 });
    writeFileSync(this.certFile, cert);
  }

  /** the settings that name them */
  get environment(): { TLS_CERT: string; TLS_KEY: string } {
    return { TLS_CERT: this.certFile, TLS_KEY: this.keyFile };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
