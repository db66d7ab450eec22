import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { auditEntries, users } from '../../db/schema';
import type { Actor } from '../users/session-user';

type NewEntry = typeof auditEntries.$inferInsert;

/** Who did it: a person by id, or nobody, and by which way it came in. */
export type AuditActor = { userId: string | null; via: string };

export function auditActorOf(actor: Actor): AuditActor {
  return { userId: actor.id, via: actor.via };
}

export type AuditedAct = Pick<NewEntry, 'action' | 'detail'> & {
  subjectKind: NewEntry['subjectKind'];
  subject: string;
};

/** The alias by which a person stands in the log; null when there is no such person. */
export async function auditAliasOf(tx: Queryable, userId: string): Promise<string | null> {
  const [row] = await tx.select({ alias: users.auditAlias }).from(users).where(eq(users.id, userId));
  return row?.alias ?? null;
}

/**
 * Notes an act in the audit log. Call it with the transaction of the act, so that neither is kept without the other.
 *
 * @param act.subject of a person the public id; what is stored is their alias
 */
export async function writeAuditEntry(tx: Queryable, actor: AuditActor, act: AuditedAct): Promise<void> {
  const subject = act.subjectKind === 'user' ? ((await auditAliasOf(tx, act.subject)) ?? 'unknown') : act.subject;
  const actorAlias = actor.userId === null ? null : await auditAliasOf(tx, actor.userId);
  await tx.insert(auditEntries).values({ ...act, subject, actorAlias, via: actor.via, at: sql`clock_timestamp()` });
}
