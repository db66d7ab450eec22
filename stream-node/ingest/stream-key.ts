import { createHash } from 'node:crypto';

/** What stream keys are made of; anything else is wrong without asking. */
export const streamKeyShape = /^[A-Za-z0-9_-]{16,128}$/;

/** SHA-256 in lower-case hexadecimal: the key itself goes no further than the room that reads it. */
export function streamKeyHash(streamKey: string): string {
  return createHash('sha256').update(streamKey).digest('hex');
}
