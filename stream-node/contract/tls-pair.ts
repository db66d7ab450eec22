import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Where the certificate (PEM, its chain after it) and its private key (PEM, without a passphrase) lie. */
export type TlsFiles = { certFile: string; keyFile: string };
/** A pair that was checked; `cert` and `key` are the files' bytes. */
export type TlsPair = { cert: Buffer; key: Buffer; validTo: Date };

/** A pair that cannot be served; the message is one sentence that begins with the setting. It never quotes a file. */
export class BadTlsPair extends Error {
  override readonly name = 'BadTlsPair';
}

/** The two settings make a pair or nothing. */
export function tlsFilesOf(settings: { TLS_CERT?: string | undefined; TLS_KEY?: string | undefined }): TlsFiles | null {
  const { TLS_CERT: certFile, TLS_KEY: keyFile } = settings;
  if (certFile === undefined && keyFile === undefined) {
    return null;
  }
  if (certFile === undefined || keyFile === undefined) {
    throw new BadTlsPair('TLS_CERT, TLS_KEY: set both or neither');
  }
  return { certFile, keyFile };
}

/**
 * Reads a certificate and its key, and sees that browsers can be served with them.
 *
 * @throws BadTlsPair when a file cannot be read, is not what it should be, does not match the other, or is out of its time
 */
export function readTlsPair(files: TlsFiles, now = new Date()): TlsPair {
  const cert = read('TLS_CERT', files.certFile);
  const key = read('TLS_KEY', files.keyFile);
  const certificate = attempt(() => new X509Certificate(cert), 'TLS_CERT: is no certificate in PEM form');
  const privateKey = attempt(
    () => createPrivateKey(key),
    'TLS_KEY: is no private key in PEM form, or has a passphrase, which nobody could type in here',
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new BadTlsPair('TLS_KEY: is not the key of the certificate in TLS_CERT (the first one in the file)');
  }
  const validTo = new Date(certificate.validTo);
  if (validTo <= now) {
    throw new BadTlsPair(`TLS_CERT: the certificate expired on ${validTo.toISOString()}: renew it`);
  }
  const validFrom = new Date(certificate.validFrom);
  if (validFrom > now) {
    throw new BadTlsPair(`TLS_CERT: the certificate is not valid before ${validFrom.toISOString()}`);
  }
  attempt(() => createSecureContext({ cert, key }), 'TLS_CERT: TLS cannot be spoken with this certificate and key');
  return { cert, key, validTo };
}

function read(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    throw new BadTlsPair(`${setting}: the file ${file} cannot be read (${code})`);
  }
}

function attempt<Value>(make: () => Value, fault: string): Value {
  try {
    return make();
  } catch (cause) {
    const reason = cause instanceof Error && 'reason' in cause ? ` (${cause.reason})` : '';
    throw new BadTlsPair(`${fault}${reason}`, { cause });
  }
}
