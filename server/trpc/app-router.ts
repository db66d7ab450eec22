import type { inferRouterOutputs } from '@trpc/server';
import { chatRouter } from '../chat/chat-router';
import { scoreRouter } from '../score/score-router';
import { adminRouter } from './admin-router';
import { eventsRouter } from './events-router';
import { router } from './init';
import { recordingsRouter } from './recordings-router';
import { streamsRouter } from './streams-router';
import { tokensRouter } from './tokens-router';
import { usersRouter } from './users-router';
import { viewerRouter } from './viewer-router';

export const appRouter = router({
  viewer: viewerRouter,
  events: eventsRouter,
  streams: streamsRouter,
  recordings: recordingsRouter,
  users: usersRouter,
  chat: chatRouter,
  admin: adminRouter,
  tokens: tokensRouter,
  score: scoreRouter,
});

export type AppRouter = typeof appRouter;
export type RouterOutputs = inferRouterOutputs<AppRouter>;
