import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { checkout } from './checkout.mjs';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Looks at the certificate and the key that web and nodes would be served with. The processes check them by themselves;
 * this one also sees whether the certificate names the public addresses, and how long it lasts.
 *
 * @param {Record<string, string | undefined>} environment
 * @param {string[]} publicUrls that browsers reach by this certificate
 * @returns {string} a remark; throws the fault and its cure
 */
export function checkTls(environment, publicUrls, now = Date.now()) {
  const [certFile, keyFile] = [environment.TLS_CERT, environment.TLS_KEY].map((file) => file?.trim());
  if (!certFile && !keyFile) {
    return 'none: plain HTTP';
  }
  if (!certFile || !keyFile) {
    throw new Error(`${certFile ? 'TLS_KEY' : 'TLS_CERT'} is missing: set TLS_CERT and TLS_KEY, or neither.`);
  }
  const cert = parse('TLS_CERT', certFile, 'certificate', (pem) => new X509Certificate(pem));
  const key = parse('TLS_KEY', keyFile, 'private key without a passphrase', createPrivateKey);
  if (!cert.checkPrivateKey(key)) {
    throw new Error('TLS_KEY is not the key of the first certificate in TLS_CERT: name the two files of one pair.');
  }
  const daysLeft = Math.floor((Date.parse(cert.validTo) - now) / dayMs);
  if (daysLeft < 0) {
    throw new Error(`the certificate expired on ${cert.validTo}: renew it.`);
  }
  if (Date.parse(cert.validFrom) > now) {
    throw new Error(`the certificate is not valid before ${cert.validFrom}: set the clock, or make another.`);
  }
  const names = (host) => (isIP(host) ? cert.checkIP(host) : cert.checkHost(host)) !== undefined;
  const unnamed = publicUrls.map(hostOf).find((host) => !names(host));
  if (unnamed !== undefined) {
    const named = cert.subjectAltName ?? 'no name';
    throw new Error(`the certificate does not name ${unnamed} (it has: ${named}): browsers would refuse it.`);
  }
  return `for ${publicUrls.map(hostOf).join(', ')}, ${daysLeft} days left`;
}

function parse(setting, file, what, read) {
  let pem;
  try {
    pem = readFileSync(resolve(checkout, file));
  } catch (error) {
    throw new Error(`${setting} names ${file}, which cannot be read (${error.code}): correct it.`);
  }
  try {
    return read(pem);
  } catch {
    throw new Error(`${setting} names ${file}, which is no ${what} in PEM form: correct it.`);
  }
}

function hostOf(url) {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}
