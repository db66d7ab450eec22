import { z } from 'zod';
import { currentStreamOfUser, pageStreamsOfUser } from '../../streams/page-streams';
import { createUser } from '../../users/create-user';
import { getProfile, type ProfileView } from '../../users/get-profile';
import { requireSelf } from '../../users/require-self';
import { updateMe } from '../../users/update-me';
import { CreateUserInput, UpdateMeInput } from '../../users/user-inputs';
import type { Route } from '../route';
import { apiRoute } from './api-route';
import { ApiTime, apiTime } from './api-values';
import { IdReference, publicIdOf } from './id-reference';
import type { ApiDeps } from './limited-answer';
import { nextPageHeader, PageQuery, pageRequest } from './paging';
import { ApiStream, apiStream } from './stream-answer';

const ApiUser = z
  .object({
    id: z.string(),
    key: z.int().describe('the number that `creator_id` carries'),
    name: z.string(),
    description: z.string(),
    language: z.string().describe('BCP 47'),
    created_at: ApiTime,
    published: z.int().describe('how many streams they have put on air'),
    subscribed: z.int().describe('how many streams they have joined as a viewer while signed in'),
  })
  .meta({ id: 'User' });

function apiUser(profile: ProfileView): z.input<typeof ApiUser> {
  const { id, key, name, description, language, published, subscribed } = profile;
  return { id, key, name, description, language, created_at: apiTime(profile.createdAt), published, subscribed };
}

const UserParams = z.object({ id: IdReference });

/** People and what they publish. */
export function userRoutes(deps: ApiDeps): Route[] {
  const tag = 'users';
  return [
    apiRoute(deps, {
      method: 'POST',
      path: '/api/user',
      summary: 'Make a user',
      tag,
      caller: 'operator',
      body: CreateUserInput,
      answer: ApiUser,
      status: 201,
      isIdempotent: true,
      handle: async ({ context, body }) => ({ data: apiUser(await createUser(context, body)) }),
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/user/:id',
      summary: 'A public profile',
      tag,
      caller: 'anyone',
      params: UserParams,
      answer: ApiUser,
      handle: async ({ context, params }) => {
        const userId = await publicIdOf(context.db, 'user', params.id);
        return { data: apiUser(await getProfile(context, { userId })) };
      },
    }),
    apiRoute(deps, {
      method: 'PUT',
      path: '/api/user/:id',
      summary: 'Change one’s own name, description or language',
      tag,
      caller: 'self',
      params: UserParams,
      body: UpdateMeInput,
      answer: ApiUser,
      handle: async ({ context, params, body }) => {
        const userId = await publicIdOf(context.db, 'user', params.id);
        await requireSelf(context, userId);
        await updateMe(context, body);
        return { data: apiUser(await getProfile(context, { userId })) };
      },
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/user/:id/streams',
      summary: 'All streams that someone has put on air, newest first',
      tag,
      caller: 'anyone',
      params: UserParams,
      query: PageQuery,
      answer: z.array(ApiStream),
      handle: async ({ context, params, query, request }) => {
        const userId = await publicIdOf(context.db, 'user', params.id);
        const page = pageRequest(query);
        const records = await pageStreamsOfUser(context, { userId }, page);
        return { data: records.map(apiStream), headers: nextPageHeader(request, page, records) };
      },
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/user/:id/streams/current',
      summary: 'What someone publishes now, or null',
      tag,
      caller: 'anyone',
      params: UserParams,
      answer: ApiStream.nullable(),
      handle: async ({ context, params }) => {
        const userId = await publicIdOf(context.db, 'user', params.id);
        const record = await currentStreamOfUser(context, { userId });
        return { data: record === null ? null : apiStream(record) };
      },
    }),
  ];
}
