import { procedure, router } from '../trpc/init';
import { getScore, ScoreInput } from './read-score';

export const scoreRouter = router({
  now: procedure.input(ScoreInput).query(({ ctx, input }) => getScore(ctx, input)),
});
