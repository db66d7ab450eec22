import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streamKeys } from '../../db/schema';

/** A new stream key and what is kept of it: 192 bits of randomness need no slow hash and no salt. */
export function newStreamKey(): { streamKey: string; keyHash: string } {
  const streamKey = `sk_${randomBytes(24).toString('base64url')}`;
  return { streamKey, keyHash: createHash('sha256').update(streamKey).digest('hex') };
}

/** Makes `keyHash` the one key of a stream: the one before it is worth nothing from then on. */
export async function replaceStreamKey(tx: Queryable, streamId: string, keyHash: string): Promise<void> {
  const values = { keyHash, createdAt: sql`now()`, lastUsedAt: null };
  await tx
    .insert(streamKeys)
    .values({ streamId, ...values })
    .onConflictDoUpdate({ target: streamKeys.streamId, set: values });
}
