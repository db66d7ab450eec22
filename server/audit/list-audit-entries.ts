import { aliasedTable, desc, eq, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { auditEntries, nodes, streams, users } from '../../db/schema';
import { type OperationContext, requireOperator } from '../operation-context';

const entriesMax = 50;

export const ListAuditEntriesInput = z.object({
  /** only entries older than the one with this number */
  before: z.int().positive().optional(),
});
export type ListAuditEntriesInput = z.output<typeof ListAuditEntriesInput>;

export type AuditEntryView = {
  id: number;
  at: Date;
  action: (typeof auditEntries.$inferSelect)['action'];
  via: string;
  /** null: no person, or one whose account is gone */
  actor: { id: string; name: string } | null;
  subjectKind: 'stream' | 'node' | 'user';
  /** public id; null for a person whose account is gone */
  subjectId: string | null;
  /** of a person, stream or node that still exists */
  subjectName: string | null;
  detail: Record<string, string>;
};

/** The audit log, newest first, 50 entries at a time. @throws AppError `unauthorized`, `forbidden` */
export async function listAuditEntries(
  context: OperationContext,
  input: ListAuditEntriesInput,
): Promise<AuditEntryView[]> {
  requireOperator(context);
  const actors = aliasedTable(users, 'actor');
  const subjects = aliasedTable(users, 'subject_person');
  const rows = await context.db
    .select({ entry: auditEntries, actor: actors, person: subjects, streamName: streams.name, nodeName: nodes.name })
    .from(auditEntries)
    .leftJoin(actors, eq(actors.auditAlias, auditEntries.actorAlias))
    .leftJoin(
      subjects,
      sql`${auditEntries.subjectKind} = 'user' and ${subjects.auditAlias}::text = ${auditEntries.subject}`,
    )
    .leftJoin(streams, sql`${auditEntries.subjectKind} = 'stream' and ${streams.id} = ${auditEntries.subject}`)
    .leftJoin(nodes, sql`${auditEntries.subjectKind} = 'node' and ${nodes.id} = ${auditEntries.subject}`)
    .where(input.before === undefined ? undefined : lt(auditEntries.id, input.before))
    .orderBy(desc(auditEntries.id))
    .limit(entriesMax);
  return rows.map(({ entry, actor, person, streamName, nodeName }) => ({
    id: entry.id,
    at: entry.at,
    action: entry.action,
    via: entry.via,
    actor: actor === null ? null : { id: actor.id, name: actor.name ?? 'Someone' },
    subjectKind: entry.subjectKind,
    subjectId: entry.subjectKind === 'user' ? (person?.id ?? null) : entry.subject,
    subjectName: person === null ? (streamName ?? nodeName) : (person.name ?? 'Someone'),
    detail: entry.detail,
  }));
}
