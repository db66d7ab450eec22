import { z } from 'zod';
import { createToken } from '../../tokens/create-token';
import { listTokens } from '../../tokens/list-tokens';
import { revokeToken } from '../../tokens/revoke-token';
import { CreateTokenInput, RevokeTokenInput } from '../../tokens/token-inputs';
import type { TokenView } from '../../tokens/token-view';
import type { Route } from '../route';
import { apiRoute } from './api-route';
import { ApiTime, apiTime } from './api-values';
import { IdReference, publicIdOf } from './id-reference';
import type { ApiDeps } from './limited-answer';

const ApiToken = z
  .object({
    id: z.string(),
    name: z.string(),
    created_at: ApiTime,
    last_used_at: ApiTime.describe('right to a minute; 0001-01-01T00:00:00Z: never'),
  })
  .meta({ id: 'Token' });

const NewApiToken = ApiToken.extend({ token: z.string().describe('told this once') }).meta({ id: 'NewToken' });

function apiToken({ id, name, createdAt, lastUsedAt }: TokenView): z.input<typeof ApiToken> {
  return { id, name, created_at: apiTime(createdAt), last_used_at: apiTime(lastUsedAt) };
}

const UserParams = z.object({ id: IdReference });
const TokenParams = UserParams.extend(RevokeTokenInput.pick({ tokenId: true }).shape);

/** Personal API tokens. */
export function tokenRoutes(deps: ApiDeps): Route[] {
  const tag = 'tokens';
  return [
    apiRoute(deps, {
      method: 'POST',
      path: '/api/user/:id/tokens',
      summary: 'Make a personal API token',
      tag,
      caller: 'self or operator',
      params: UserParams,
      body: CreateTokenInput.pick({ name: true }),
      answer: NewApiToken,
      status: 201,
      isIdempotent: true,
      handle: async ({ context, params, body }) => {
        const userId = await publicIdOf(context.db, 'user', params.id);
        const made = await createToken(context, { userId, name: body.name });
        return { data: { ...apiToken(made), token: made.token } };
      },
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/user/:id/tokens',
      summary: 'Someone’s personal API tokens, newest first, without the tokens themselves',
      tag,
      caller: 'self or operator',
      params: UserParams,
      answer: z.array(ApiToken),
      handle: async ({ context, params }) => {
        const userId = await publicIdOf(context.db, 'user', params.id);
        return { data: (await listTokens(context, { userId })).map(apiToken) };
      },
    }),
    apiRoute(deps, {
      method: 'DELETE',
      path: '/api/user/:id/tokens/:tokenId',
      summary: 'Revoke a personal API token',
      tag,
      caller: 'self or operator',
      params: TokenParams,
      answer: z.object({ id: z.string() }),
      handle: async ({ context, params }) => {
        const userId = await publicIdOf(context.db, 'user', params.id);
        const { tokenId } = await revokeToken(context, { userId, tokenId: params.tokenId });
        return { data: { id: tokenId } };
      },
    }),
  ];
}
