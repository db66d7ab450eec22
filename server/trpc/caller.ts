import { headers } from 'next/headers';
import { cache } from 'react';
import { appRouter } from './app-router';
import { createContext } from './init';

/** Calls procedures without HTTP, as whoever made the current request: for server components, once per request. */
export const getCaller = cache(async (): Promise<ReturnType<typeof appRouter.createCaller>> => {
  const requestHeaders = await headers();
  return appRouter.createCaller(await createContext({ cookieHeader: requestHeaders.get('cookie') }));
});
