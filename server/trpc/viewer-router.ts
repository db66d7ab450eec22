import { procedure, router } from './init';

export const viewerRouter = router({
  me: procedure.query(({ ctx }) => ctx.actor),
});
