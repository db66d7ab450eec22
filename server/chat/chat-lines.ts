import { and, asc, desc, eq, gt, lt, type SQL } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { chatMessages, users } from '../../db/schema';
import type { ChatLine } from '../realtime/messages';
import { personView } from '../users/person-view';

const lineColumns = { line: chatMessages, author: { id: users.id, name: users.name, image: users.image } };

type LineRow = {
  line: typeof chatMessages.$inferSelect;
  author: { id: string; name: string | null; image: string | null };
};

/** A row as everyone reads it. */
export function chatLine({ line, author }: LineRow): ChatLine {
  return {
    id: line.id,
    eventId: line.eventId,
    sequence: line.sequence,
    clientMessageId: line.clientMessageId,
    text: line.text,
    author: personView(author),
    streamId: line.streamId,
    happenedAtMs: line.happenedAt.getTime(),
    createdAtMs: line.createdAt.getTime(),
  };
}

function selectLines(db: Queryable, where: SQL | undefined) {
  return db.select(lineColumns).from(chatMessages).innerJoin(users, eq(users.id, chatMessages.authorId)).where(where);
}

/** The lines after a sequence, ascending. */
export async function linesAfter(
  db: Queryable,
  eventId: string,
  afterSequence: number,
  limit: number,
): Promise<ChatLine[]> {
  const rows = await selectLines(db, and(eq(chatMessages.eventId, eventId), gt(chatMessages.sequence, afterSequence)))
    .orderBy(asc(chatMessages.sequence))
    .limit(limit);
  return rows.map(chatLine);
}

/** The newest lines, or the newest before a sequence, ascending. */
export async function newestLines(
  db: Queryable,
  eventId: string,
  limit: number,
  beforeSequence?: number,
): Promise<ChatLine[]> {
  const older = beforeSequence === undefined ? undefined : lt(chatMessages.sequence, beforeSequence);
  const rows = await selectLines(db, and(eq(chatMessages.eventId, eventId), older))
    .orderBy(desc(chatMessages.sequence))
    .limit(limit);
  return rows.map(chatLine).reverse();
}

/** The line its author sent under this id, if it is stored already. */
export async function lineByClientId(
  db: Queryable,
  authorId: string,
  clientMessageId: string,
): Promise<ChatLine | undefined> {
  const [row] = await selectLines(
    db,
    and(eq(chatMessages.authorId, authorId), eq(chatMessages.clientMessageId, clientMessageId)),
  );
  return row === undefined ? undefined : chatLine(row);
}
