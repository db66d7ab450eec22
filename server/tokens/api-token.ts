import { createHash, randomBytes } from 'node:crypto';

/** By the prefix a leaked one is known for what it is, by people and by scanners of repositories. */
const prefix = 'zyzz_';
const tokenPattern = /^zyzz_[A-Za-z0-9_-]{43}$/;

export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A new personal API token and what is kept of it: 256 bits of randomness need no slow hash and no salt. */
export function newApiToken(): { token: string; tokenHash: string } {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { token, tokenHash: hashOfToken(token) };
}

/** Whether it is worth looking up. */
export function looksLikeApiToken(text: string): boolean {
  return tokenPattern.test(text);
}
