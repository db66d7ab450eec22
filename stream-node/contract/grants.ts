import { z } from 'zod';
import { StreamId } from './ids';

/** A short list of named rights, and nothing else. */
export const GrantAction = z.enum(['publish', 'play']);
export type GrantAction = z.infer<typeof GrantAction>;

/**
 * A grant says who may do what with which stream, until when, in which epoch. The web process signs it (Ed25519, JWS
 * compact form); a node checks it offline with the public key alone, so media keeps flowing while the web is down.
 */
export const Grant = z.object({
  /** public id of the user; `anyone` for a viewer who is not signed in */
  userId: z.string().min(1).max(64),
  streamId: StreamId,
  action: GrantAction,
  /** the assignment epoch the grant was made for; a node refuses a lower one than it serves */
  epoch: z.int().min(1),
  /** unix seconds */
  expiresAt: z.int(),
  /** unique id, by which a grant can be revoked */
  grantId: z.string().min(8).max(64),
});
export type Grant = z.infer<typeof Grant>;

/** Why a grant was refused; the same words on the wire, in logs and in tests. */
export const GrantRefusal = z.enum([
  'grant_missing',
  'grant_malformed',
  'grant_bad_signature',
  'grant_expired',
  'grant_wrong_stream',
  'grant_wrong_action',
  'grant_old_epoch',
  'grant_revoked',
]);
export type GrantRefusal = z.infer<typeof GrantRefusal>;

/** The public half of the signing key as a JWK (RFC 8037, OKP / Ed25519). */
export const GrantPublicKey = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().min(40) });
export type GrantPublicKey = z.infer<typeof GrantPublicKey>;
