import type { SessionUser } from '../users/session-user';
import { procedure, router } from './init';

export const viewerRouter = router({
  me: procedure.query(({ ctx }): SessionUser | null => (ctx.actor?.via === 'operator-token' ? null : ctx.actor)),
});
