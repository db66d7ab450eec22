import { createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';
import { GrantPublicKey } from '../../stream-node/contract/grants';
import type { GrantPrivateKey } from '../../stream-node/contract/signing';

/** RFC 8410 section 7: the fixed head of a PKCS #8 Ed25519 private key; the 32 byte seed follows. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key pair that signs grants, derived from the product's secret (HKDF, RFC 5869), so that every web process signs
 * with the same one and nothing has to be stored or shared.
 */
export function grantKeys(secret: string): { privateKey: GrantPrivateKey; publicKey: GrantPublicKey } {
  const seed = Buffer.from(hkdfSync('sha256', secret, 'zyzz', 'grant signing key, version 1', 32));
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = GrantPublicKey.parse(createPublicKey(key).export({ format: 'jwk' }));
  return { publicKey, privateKey: { ...publicKey, d: seed.toString('base64url') } };
}
