import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { Grant } from './grants';
import { checkGrant, type GrantPrivateKey, signGrant } from './signing';

const now = new Date('2026-11-21T12:00:00Z');
const inAnHour = now.getTime() / 1000 + 3600;

async function newKey(): Promise<GrantPrivateKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '', d: jwk.d ?? '' };
}

const key = await newKey();
const granted: Omit<Grant, 'grantId'> = {
  userId: 'usr_abcdefghijkm',
  streamId: 'str_abcdefghijkm',
  action: 'publish',
  epoch: 2,
  expiresAt: inAnHour,
};
const wanted = { streamId: granted.streamId, action: 'publish', minimumEpoch: 2, now } as const;

test('a good grant passes and says who may do what', async () => {
  const check = await checkGrant(await signGrant(granted, key), key, wanted);
  expect(check).toMatchObject({ ok: true, grant: granted });
});

test.each([
  ['no grant', undefined, {}, 'grant_missing'],
  ['an expired one', { expiresAt: now.getTime() / 1000 - 1 }, {}, 'grant_expired'],
  ["another stream's", { streamId: 'str_zzzzzzzzzzzz' }, {}, 'grant_wrong_stream'],
  ['one to play', { action: 'play' as const }, {}, 'grant_wrong_action'],
  ['one of an older epoch', { epoch: 1 }, {}, 'grant_old_epoch'],
  ['a revoked one', {}, { isRevoked: () => true }, 'grant_revoked'],
])('%s is refused as %s', async (_what, change, more, refusal) => {
  const token = change === undefined ? undefined : await signGrant({ ...granted, ...change }, key);
  expect(await checkGrant(token, key, { ...wanted, ...more })).toEqual({ ok: false, refusal });
});

test('a grant signed by another key, or by no key at all, is refused', async () => {
  const foreign = await signGrant(granted, await newKey());
  expect(await checkGrant(foreign, key, wanted)).toEqual({ ok: false, refusal: 'grant_bad_signature' });
  const symmetric = await new SignJWT({ str: granted.streamId, act: 'publish', epo: 2 })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('usr_abcdefghijkm')
    .setJti('12345678')
    .setExpirationTime(inAnHour)
    .sign(Buffer.from(key.x));
  expect(await checkGrant(symmetric, key, wanted)).toEqual({ ok: false, refusal: 'grant_bad_signature' });
  const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
  const unsigned = `${header}.${symmetric.split('.')[1]}.`;
  expect((await checkGrant(unsigned, key, wanted)).ok).toBe(false);
});

test.each(['', 'garbage', 'a.b.c', '%', '.', 'x'.repeat(5000)])(
  'the malformed grant %j is refused, not thrown',
  async (token) => {
    expect((await checkGrant(token, key, wanted)).ok).toBe(false);
  },
);
