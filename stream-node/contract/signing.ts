import { calculateJwkThumbprint, errors, importJWK, jwtVerify, SignJWT } from 'jose';
import { customAlphabet } from 'nanoid';
import { Grant, type GrantAction, type GrantPublicKey, type GrantRefusal } from './grants';

// The only module of the contract that is not for browsers: it holds keys.

const algorithm = 'EdDSA';
const newGrantId = customAlphabet('23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz', 16);

/** The private half as a JWK; `d` never leaves the web process and its data directory. */
export type GrantPrivateKey = GrantPublicKey & { d: string };

/** A short name of a key, safe to log. */
export async function keyThumbprint(key: GrantPublicKey): Promise<string> {
  return await calculateJwkThumbprint(key);
}

/**
 * Signs a grant. Its id is made here, so that every grant can be revoked by itself; a caller that gives one gets the same
 * grant again for the same rights.
 */
export async function signGrant(
  grant: Omit<Grant, 'grantId'> & { grantId?: string },
  privateKey: GrantPrivateKey,
): Promise<string> {
  const key = await importJWK(privateKey, algorithm);
  return await new SignJWT({ str: grant.streamId, act: grant.action, epo: grant.epoch })
    .setProtectedHeader({ alg: algorithm })
    .setSubject(grant.userId)
    .setJti(grant.grantId ?? newGrantId())
    .setExpirationTime(grant.expiresAt)
    .sign(key);
}

export type GrantCheck = { ok: true; grant: Grant } | { ok: false; refusal: GrantRefusal };

/**
 * Checks a grant's signature and expiry (one algorithm, no `none`), then stream, action, epoch and revocation, in this
 * order, so that the answer never tells a forger more than "bad signature".
 *
 * @param wanted.minimumEpoch the epoch that the node serves; an older grant is refused
 */
export async function checkGrant(
  token: string | undefined,
  publicKey: GrantPublicKey,
  wanted: {
    streamId: string;
    action: GrantAction;
    minimumEpoch: number;
    now: Date;
    isRevoked?: (grantId: string) => boolean;
  },
): Promise<GrantCheck> {
  if (token === undefined || token === '') {
    return { ok: false, refusal: 'grant_missing' };
  }
  let claims: Record<string, unknown>;
  try {
    const { kty, crv, x } = publicKey;
    const key = await importJWK({ kty, crv, x }, algorithm);
    const verified = await jwtVerify(token, key, {
      algorithms: [algorithm],
      currentDate: wanted.now,
      requiredClaims: ['exp', 'sub', 'jti'],
    });
    claims = verified.payload;
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
  const parsed = Grant.safeParse({
    userId: claims.sub,
    streamId: claims.str,
    action: claims.act,
    epoch: claims.epo,
    expiresAt: claims.exp,
    grantId: claims.jti,
  });
  if (!parsed.success) {
    return { ok: false, refusal: 'grant_malformed' };
  }
  const grant = parsed.data;
  if (grant.streamId !== wanted.streamId) {
    return { ok: false, refusal: 'grant_wrong_stream' };
  }
  if (grant.action !== wanted.action) {
    return { ok: false, refusal: 'grant_wrong_action' };
  }
  if (grant.epoch < wanted.minimumEpoch) {
    return { ok: false, refusal: 'grant_old_epoch' };
  }
  if (wanted.isRevoked?.(grant.grantId)) {
    return { ok: false, refusal: 'grant_revoked' };
  }
  return { ok: true, grant };
}

function refusalOf(error: unknown): GrantRefusal {
  if (error instanceof errors.JWTExpired) {
    return 'grant_expired';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) {
    return 'grant_bad_signature';
  }
  return 'grant_malformed';
}
