import { createToken } from '../tokens/create-token';
import { listTokens } from '../tokens/list-tokens';
import { revokeToken } from '../tokens/revoke-token';
import { CreateTokenInput, ListTokensInput, RevokeTokenInput } from '../tokens/token-inputs';
import { procedure, router } from './init';

export const tokensRouter = router({
  create: procedure.input(CreateTokenInput).mutation(({ ctx, input }) => createToken(ctx, input)),
  list: procedure.input(ListTokensInput).query(({ ctx, input }) => listTokens(ctx, input)),
  revoke: procedure.input(RevokeTokenInput).mutation(({ ctx, input }) => revokeToken(ctx, input)),
});
