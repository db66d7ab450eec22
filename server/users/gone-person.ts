import type { Queryable } from '../../db/client';
import { users } from '../../db/schema';

/** Nobody can sign in as it: it has no account. */
const gonePersonId = 'usr_someone_gone';

/**
 * Who stands in the place of people whose accounts were deleted, where others' things hang on theirs: the owner of an event
 * that others broadcast on, the author of a line that others' lines follow.
 */
export async function gonePerson(tx: Queryable): Promise<string> {
  await tx.insert(users).values({ id: gonePersonId, name: 'Someone who left' }).onConflictDoNothing();
  return gonePersonId;
}
