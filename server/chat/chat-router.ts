import { procedure, router } from '../trpc/init';
import { ListMessagesInput, listMessages } from './list-messages';

export const chatRouter = router({
  history: procedure.input(ListMessagesInput).query(({ ctx, input }) => listMessages(ctx, input)),
});
