import { and, count, desc, eq, isNotNull } from 'drizzle-orm';
import { streams, subscriptions, users } from '../../db/schema';
import { AppError } from '../errors';
import type { OperationContext } from '../operation-context';
import { loadStreamViews } from '../streams/load-stream-views';
import type { StreamView } from '../streams/stream-view';
import { type PersonView, personView } from './person-view';
import type { GetUserInput } from './user-inputs';

export type UserView = PersonView & {
  description: string;
  createdAt: Date;
  /** how many streams they have put on air */
  published: number;
  /** how many streams they have joined as a viewer while signed in */
  subscribed: number;
  /** newest first, at most 100 */
  streams: StreamView[];
};

/** A person's public profile. @throws AppError `not_found` */
export async function getUser(context: OperationContext, input: GetUserInput): Promise<UserView> {
  const [row] = await context.db.select().from(users).where(eq(users.id, input.userId));
  if (row === undefined) {
    throw new AppError('not_found', 'There is no such person');
  }
  const [published] = await context.db
    .select({ count: count() })
    .from(streams)
    .where(and(eq(streams.ownerId, row.id), isNotNull(streams.startedAt)));
  const [subscribed] = await context.db
    .select({ count: count() })
    .from(subscriptions)
    .where(eq(subscriptions.userId, row.id));
  return {
    ...personView(row),
    description: row.description,
    createdAt: row.createdAt,
    published: published?.count ?? 0,
    subscribed: subscribed?.count ?? 0,
    streams: await loadStreamViews(context, {
      where: and(eq(streams.ownerId, row.id), isNotNull(streams.startedAt)),
      orderBy: desc(streams.createdAt),
      limit: 100,
    }),
  };
}
