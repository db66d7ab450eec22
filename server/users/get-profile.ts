import { and, count, eq, isNotNull } from 'drizzle-orm';
import { streams, subscriptions, users } from '../../db/schema';
import { AppError } from '../errors';
import type { OperationContext } from '../operation-context';
import { type PersonView, personView } from './person-view';
import type { GetUserInput } from './user-inputs';

export type ProfileView = PersonView & {
  /** numeric key */
  key: number;
  description: string;
  /** BCP 47 */
  language: string;
  createdAt: Date;
  /** how many streams they have put on air */
  published: number;
  /** how many streams they have joined as a viewer while signed in */
  subscribed: number;
};

/** What everyone may know of a person, without their streams. @throws AppError `not_found` */
export async function getProfile(context: Pick<OperationContext, 'db'>, input: GetUserInput): Promise<ProfileView> {
  const [row] = await context.db.select().from(users).where(eq(users.id, input.userId));
  if (row === undefined) {
    throw new AppError('not_found', 'There is no such person');
  }
  const [[published], [subscribed]] = await Promise.all([
    context.db
      .select({ count: count() })
      .from(streams)
      .where(and(eq(streams.ownerId, row.id), isNotNull(streams.startedAt))),
    context.db.select({ count: count() }).from(subscriptions).where(eq(subscriptions.userId, row.id)),
  ]);
  return {
    ...personView(row),
    key: row.key,
    description: row.description,
    language: row.language,
    createdAt: row.createdAt,
    published: published?.count ?? 0,
    subscribed: subscribed?.count ?? 0,
  };
}
