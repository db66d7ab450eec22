import { and, eq, max, sql } from 'drizzle-orm';
import type { Database, Queryable } from '../../db/client';
import { chatMessages, events, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { notifyRoom } from '../bus/notify';
import { AppError } from '../errors';
import { requireUser } from '../operation-context';
import type { ChatLine, ChatSend } from '../realtime/messages';
import type { SessionUser } from '../users/session-user';
import { chatLine, lineByClientId } from './chat-lines';
import { happenedAt } from './happened-at';

/**
 * Stores a line of chat and tells the room. Lines of an event are numbered 1, 2, 3 … in the order in which they become
 * visible: the counter is the event's, and its row stays locked until the commit, so a reader never sees 8 before 7. The same
 * `clientMessageId` by the same author gives the stored line.
 *
 * @param input as `ChatSend` has checked it
 * @throws AppError `unauthorized`, `not_found`, `bad_request` (naming the field), `conflict` when the id was used elsewhere
 */
export async function sendMessage(
  context: { db: Database; actor: SessionUser | null },
  input: ChatSend,
): Promise<ChatLine> {
  const author = requireUser(context);
  const stored = await storedLine(context.db, author.id, input);
  if (stored !== undefined) {
    return stored;
  }
  const at = await happenedAtOf(context.db, author.id, input);
  return await context.db.transaction(async (tx) => {
    const sequence = 1 + (await lockedSequence(tx, input.eventId));
    const storedMeanwhile = await storedLine(tx, author.id, input);
    if (storedMeanwhile !== undefined) {
      return storedMeanwhile;
    }
    await tx.update(events).set({ chatSequence: sequence }).where(eq(events.id, input.eventId));
    const [line] = await tx
      .insert(chatMessages)
      .values({
        id: newId('message'),
        eventId: input.eventId,
        sequence,
        authorId: author.id,
        clientMessageId: input.clientMessageId,
        text: input.text,
        streamId: input.streamId ?? null,
        happenedAt: at,
        // `now()` is when the transaction began, which may be before the line that this one waited for.
        createdAt: sql`clock_timestamp()`,
      })
      .returning();
    if (line === undefined) {
      throw new Error('an insert returned no row');
    }
    await notifyRoom(tx, { room: `event:${input.eventId}`, kind: 'chat' });
    return chatLine({ line, author });
  });
}

/** The sequence of the event's last line, which nobody else counts on from until this transaction is over. */
async function lockedSequence(tx: Queryable, eventId: string): Promise<number> {
  const [event] = await tx
    .select({ chatSequence: events.chatSequence })
    .from(events)
    .where(eq(events.id, eventId))
    .for('no key update');
  if (event === undefined) {
    throw new AppError('not_found', 'There is no such event');
  }
  if (event.chatSequence > 0) {
    return event.chatSequence;
  }
  // An event may be older than its counter.
  const [last] = await tx
    .select({ sequence: max(chatMessages.sequence) })
    .from(chatMessages)
    .where(eq(chatMessages.eventId, eventId));
  return last?.sequence ?? 0;
}

async function storedLine(db: Queryable, authorId: string, input: ChatSend): Promise<ChatLine | undefined> {
  const stored = await lineByClientId(db, authorId, input.clientMessageId);
  if (stored !== undefined && stored.eventId !== input.eventId) {
    throw new AppError('conflict', 'clientMessageId: was used for another event', { field: 'clientMessageId' });
  }
  return stored;
}

async function happenedAtOf(db: Queryable, authorId: string, input: ChatSend): Promise<Date> {
  const [event] = await db.select({ id: events.id }).from(events).where(eq(events.id, input.eventId));
  if (event === undefined) {
    throw new AppError('not_found', 'There is no such event');
  }
  if (input.streamId === undefined) {
    return happenedAt(input.happenedAtMs, Date.now(), null);
  }
  const [stream] = await db
    .select()
    .from(streams)
    .where(and(eq(streams.id, input.streamId), eq(streams.eventId, input.eventId)));
  if (stream === undefined || (stream.visibility === 'private' && stream.ownerId !== authorId)) {
    throw new AppError('bad_request', 'streamId: is not a stream of this event', { field: 'streamId' });
  }
  return happenedAt(input.happenedAtMs, Date.now(), stream);
}
