import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { appRouter } from '../../../../server/trpc/app-router';
import { createContext } from '../../../../server/trpc/init';

const handler = (request: Request) =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    req: request,
    router: appRouter,
    createContext: async () => await createContext({ cookieHeader: request.headers.get('cookie') }),
  });

export { handler as GET, handler as POST };
