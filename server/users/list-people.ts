import { and, desc, eq, gt, ilike, isNotNull, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { accounts, sessions, streams, users } from '../../db/schema';
import { type OperationContext, requireOperator } from '../operation-context';
import { plainText } from '../text/plain-text';
import { type PersonView, personView } from './person-view';
import { type Role, sessionUser } from './session-user';

const peopleMax = 50;

export const ListPeopleInput = z.object({
  /** part of a name, whatever its case */
  name: plainText({ graphemesMin: 0, graphemesMax: 60 }).optional(),
  /** only people who came before the one with this key */
  before: z.int().positive().optional(),
});
export type ListPeopleInput = z.output<typeof ListPeopleInput>;

export type PersonForOperators = PersonView & {
  key: number;
  role: Role;
  createdAt: Date;
  /** streams they have put on air */
  published: number;
  /** they have a session that is not over */
  isSignedIn: boolean;
  /** how they sign in: `facebook`, `local` */
  provider: string | null;
};

/** People, newest first, 50 at a time. Email addresses are nobody's to read. @throws AppError `unauthorized`, `forbidden` */
export async function listPeople(context: OperationContext, input: ListPeopleInput): Promise<PersonForOperators[]> {
  requireOperator(context);
  const pattern = input.name ? `%${input.name.replace(/[\\%_]/g, '\\$&')}%` : undefined;
  // Conditions as expressions: a column by itself in `sql` loses its table here, and `id` is then another table's.
  const rows = await context.db
    .select({
      person: users,
      published: sql<number>`(
        select count(*) from ${streams} where ${and(eq(streams.ownerId, users.id), isNotNull(streams.startedAt))}
      )`.mapWith(Number),
      isSignedIn: sql<boolean>`exists (
        select 1 from ${sessions} where ${and(eq(sessions.userId, users.id), gt(sessions.expires, sql`now()`))}
      )`,
      provider: sql<string | null>`(
        select min(${accounts.provider}) from ${accounts} where ${eq(accounts.userId, users.id)}
      )`,
    })
    .from(users)
    .where(
      and(
        pattern === undefined ? undefined : ilike(users.name, pattern),
        input.before === undefined ? undefined : lt(users.key, input.before),
      ),
    )
    .orderBy(desc(users.key))
    .limit(peopleMax);
  return rows.map(({ person, ...rest }) => ({
    ...personView(person),
    key: person.key,
    role: sessionUser(person, 'session', context.env).role,
    createdAt: person.createdAt,
    ...rest,
  }));
}
