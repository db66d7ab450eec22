import NextAuth from 'next-auth';
import { authOptions } from '../../../../server/auth';

type Context = { params: Promise<{ nextauth: string[] }> };

// The options are made at the first request: the environment is not there when the pages are built.
const handler = async (request: Request, context: Context): Promise<Response> =>
  await NextAuth(authOptions())(request, context);

export { handler as GET, handler as POST };
