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

/** The first key of the advisory locks that number an event's lines; no other lock of two keys uses it. */
const chatLock = 7_299_002;

/**
 * Stores a line of chat and tells the room. Lines of an event are numbered 1, 2, 3 … in the order in which they become
 * visible: the number is given under a lock that lasts until the commit, so a reader never sees 8 before 7. The same
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
    // The keys are integers; two events that share one by chance only wait for each other.
    await tx.execute(sql`select pg_advisory_xact_lock(${chatLock}, hashtext(${input.eventId}))`);
    const storedMeanwhile = await storedLine(tx, author.id, input);
    if (storedMeanwhile !== undefined) {
      return storedMeanwhile;
    }
    const [last] = await tx
      .select({ sequence: max(chatMessages.sequence) })
      .from(chatMessages)
      .where(eq(chatMessages.eventId, input.eventId));
    const [line] = await tx
      .insert(chatMessages)
      .values({
        id: newId('message'),
        eventId: input.eventId,
        sequence: (last?.sequence ?? 0) + 1,
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
