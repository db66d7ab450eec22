import { z } from 'zod';
import type { Queryable } from '../../db/client';
import { PublicId } from '../../stream-node/contract/ids';
import { findEvent } from '../events/get-event';
import type { ChatLine } from '../realtime/messages';
import { newestLines } from './chat-lines';

export const ListMessagesInput = z.object({
  eventId: PublicId,
  /** gives the lines before this one: the way back into the history */
  beforeSequence: z.int().min(1).optional(),
  limit: z.int().min(1).max(100).default(50),
});
export type ListMessagesInput = z.infer<typeof ListMessagesInput>;

/** The newest lines of an event, or those before one, ascending; for anyone. @throws AppError `not_found` */
export async function listMessages(context: { db: Queryable }, input: ListMessagesInput): Promise<ChatLine[]> {
  await findEvent(context.db, input.eventId);
  return await newestLines(context.db, input.eventId, input.limit, input.beforeSequence);
}
