import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '../../../db/client';
import { events, nodes, streams, users } from '../../../db/schema';
import { PublicId } from '../../../stream-node/contract/ids';
import { AppError } from '../../errors';

const numericKeyMax = 2_147_483_647;
const rule = 'must be a public id (9 to 64 characters of A-Z, a-z, 0-9, _ and -) or a number';
const numericKey = z.int(rule).min(1, rule).max(numericKeyMax, rule);

/** What names a thing in a request: its public id, or the number that `creator_id` and its like carry. */
export const IdReference = z.union(
  [
    numericKey,
    z
      .string()
      .regex(/^\d{1,10}$/)
      .transform(Number)
      .pipe(numericKey),
    PublicId,
  ],
  rule,
);
export type IdReference = z.output<typeof IdReference>;

const tables = { user: users, event: events, stream: streams, node: nodes } as const;
const nouns = { user: 'person', event: 'event', stream: 'stream', node: 'stream server' } as const;

/**
 * The public id of what `reference` names; a public id is not looked up, but for that of a node, which may be the one it was
 * registered by before it reported.
 *
 * @throws AppError `not_found` for an unknown number
 */
export async function publicIdOf(db: Queryable, kind: keyof typeof tables, reference: IdReference): Promise<string> {
  if (typeof reference === 'string') {
    const [registered] =
      kind === 'node' ? await db.select({ id: nodes.id }).from(nodes).where(eq(nodes.registeredAs, reference)) : [];
    return registered?.id ?? reference;
  }
  const table = tables[kind];
  const [row] = await db.select({ id: table.id }).from(table).where(eq(table.key, reference));
  if (row === undefined) {
    throw new AppError('not_found', `There is no such ${nouns[kind]}`);
  }
  return row.id;
}
