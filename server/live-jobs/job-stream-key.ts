import { createHash, hkdfSync } from 'node:crypto';

/**
 * The stream key of a live job: derived from the product's secret (HKDF, RFC 5869), not kept, so that its owner may be told
 * it whenever they ask, though the database has its hash alone.
 */
export function jobStreamKey(secret: string, streamId: string): { streamKey: string; keyHash: string } {
  const bytes = hkdfSync('sha256', secret, 'zyzz', `stream key of live job ${streamId}, version 1`, 24);
  const streamKey = `sk_${Buffer.from(bytes).toString('base64url')}`;
  return { streamKey, keyHash: createHash('sha256').update(streamKey).digest('hex') };
}
