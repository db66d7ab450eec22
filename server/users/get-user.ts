import { and, desc, eq, isNotNull } from 'drizzle-orm';
import { streams } from '../../db/schema';
import type { OperationContext } from '../operation-context';
import { loadStreamViews } from '../streams/load-stream-views';
import type { StreamView } from '../streams/stream-view';
import { getProfile } from './get-profile';
import type { PersonView } from './person-view';
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
  const { key: _, language: __, ...profile } = await getProfile(context, input);
  return {
    ...profile,
    streams: await loadStreamViews(context, {
      where: and(eq(streams.ownerId, profile.id), isNotNull(streams.startedAt)),
      orderBy: desc(streams.createdAt),
      limit: 100,
    }),
  };
}
