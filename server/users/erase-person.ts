import { and, eq, ne, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { chatMessages, events, idempotencyKeys, streams, users, verificationTokens } from '../../db/schema';
import { type AuditActor, writeAuditEntry } from '../audit/write-audit-entry';
import { notifyRoom } from '../bus/notify';
import { removeStreamRow } from '../streams/remove-stream-row';
import { gonePerson } from './gone-person';

/** What is read in the place of a line whose author is gone. Its number stays: the log of an event has no gaps. */
const erasedText = '[deleted]';

/**
 * Removes a person and all that is theirs: streams, live ones too, with their recordings (through tombstones); events,
 * unless others broadcast or write there; sessions, sign-ins, tokens, and what else hangs on their row. Their chat lines
 * lose words and name. The audit log keeps the fact under an alias that leads to nobody.
 *
 * @returns the nodes that should be asked to look; `null` when there is no such person
 */
export async function erasePerson(tx: Queryable, userId: string, actor: AuditActor): Promise<string[] | null> {
  const [person] = await tx.select().from(users).where(eq(users.id, userId)).for('update');
  if (person === undefined) {
    return null;
  }
  await writeAuditEntry(tx, actor, { action: 'user.delete', subjectKind: 'user', subject: userId });
  const nodeIds = await removeStreams(tx, userId);
  await leaveEvents(tx, userId);
  await eraseChat(tx, userId);
  await tx.delete(idempotencyKeys).where(eq(idempotencyKeys.actor, userId));
  if (person.email !== null) {
    await tx.delete(verificationTokens).where(eq(verificationTokens.identifier, person.email));
  }
  await tx.delete(users).where(eq(users.id, userId));
  return nodeIds;
}

async function removeStreams(tx: Queryable, userId: string): Promise<string[]> {
  const rows = await tx.select().from(streams).where(eq(streams.ownerId, userId)).orderBy(streams.id).for('update');
  const nodeIds = new Set<string>();
  for (const row of rows) {
    for (const nodeId of await removeStreamRow(tx, row)) {
      nodeIds.add(nodeId);
    }
  }
  return [...nodeIds];
}

/** An event that others have a part in stays, and is nobody's; any other one goes. */
async function leaveEvents(tx: Queryable, userId: string): Promise<void> {
  const owned = await tx.select({ id: events.id }).from(events).where(eq(events.ownerId, userId)).for('update');
  for (const { id: eventId } of owned) {
    const [stream] = await tx.select({ id: streams.id }).from(streams).where(eq(streams.eventId, eventId)).limit(1);
    const [line] = await tx
      .select({ id: chatMessages.id })
      .from(chatMessages)
      .where(and(eq(chatMessages.eventId, eventId), ne(chatMessages.authorId, userId)))
      .limit(1);
    if (stream === undefined && line === undefined) {
      await tx.delete(events).where(eq(events.id, eventId));
    } else {
      await tx
        .update(events)
        .set({ ownerId: await gonePerson(tx) })
        .where(eq(events.id, eventId));
      await notifyRoom(tx, { room: `event:${eventId}`, kind: 'event' });
    }
  }
}

async function eraseChat(tx: Queryable, userId: string): Promise<void> {
  const rooms = await tx
    .selectDistinct({ eventId: chatMessages.eventId })
    .from(chatMessages)
    .where(eq(chatMessages.authorId, userId));
  if (rooms.length === 0) {
    return;
  }
  await tx
    .update(chatMessages)
    // The author's own id of a line is theirs too, and must stay unique among the lines of the one who stands in.
    .set({ text: erasedText, authorId: await gonePerson(tx), clientMessageId: sql`${chatMessages.id}` })
    .where(eq(chatMessages.authorId, userId));
  for (const { eventId } of rooms) {
    await notifyRoom(tx, { room: `event:${eventId}`, kind: 'chat-erased' });
  }
}
