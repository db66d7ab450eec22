import { DrizzleAdapter } from '@auth/drizzle-adapter';
import { and, eq, getTableColumns, gt } from 'drizzle-orm';
import type { NextAuthOptions } from 'next-auth';
import type { Adapter, AdapterAccount, AdapterUser } from 'next-auth/adapters';
import FacebookProvider, { type FacebookProfile } from 'next-auth/providers/facebook';
import { type Queryable, sharedDatabase } from '../db/client';
import { accounts, sessions, users, verificationTokens } from '../db/schema';
import { newId } from '../stream-node/contract/ids';
import { type FacebookSettings, type ServerEnv, serverEnv } from './env';
import { sharedLogger } from './logger';
import { type SessionUser, sessionUser } from './users/session-user';

const graphVersion = 'v23.0';
/** How long a session lasts since it was last used. */
export const sessionSeconds = 30 * 24 * 60 * 60;

/** `__Secure-` where the site is on HTTPS, as next-auth names it. */
export function sessionCookieName(env: ServerEnv): string {
  return env.publicUrl.startsWith('https://') ? '__Secure-next-auth.session-token' : 'next-auth.session-token';
}

/** Picture and email may be missing: a person chooses what Facebook tells. */
function facebookProvider(facebook: FacebookSettings) {
  return FacebookProvider({
    clientId: facebook.clientId,
    clientSecret: facebook.clientSecret,
    authorization: {
      url: `${facebook.wwwUrl}/${graphVersion}/dialog/oauth`,
      params: { scope: 'email,public_profile' },
    },
    token: `${facebook.graphUrl}/${graphVersion}/oauth/access_token`,
    userinfo: { url: `${facebook.graphUrl}/${graphVersion}/me`, params: { fields: 'id,name,email,picture' } },
    profile: (profile: Partial<FacebookProfile> & { id: string }) => ({
      id: profile.id,
      name: profile.name ?? 'Someone',
      email: profile.email ?? null,
      image: profile.picture?.data?.url ?? null,
    }),
  });
}

/** The rows are ours: public ids, an operator's role by email, and none of Facebook's tokens, which nothing here uses. */
export function authAdapter(db: Queryable, env: ServerEnv): Adapter {
  const base = DrizzleAdapter(db, {
    usersTable: users,
    accountsTable: accounts,
    sessionsTable: sessions,
    verificationTokensTable: verificationTokens,
  }) as Adapter;
  return {
    ...base,
    createUser: async (user: Omit<AdapterUser, 'id'>) => {
      const id = newId('user');
      const email = user.email || null;
      const isOperator = email !== null && env.operatorEmails.includes(email.toLowerCase());
      const [row] = await db
        .insert(users)
        .values({
          id,
          name: user.name ?? null,
          email,
          image: user.image ?? null,
          role: isOperator ? 'operator' : 'member',
        })
        .returning();
      return { ...user, id: row?.id ?? id };
    },
    linkAccount: async (account: AdapterAccount) => {
      const { type, provider, providerAccountId, userId } = account;
      await db.insert(accounts).values({ type, provider, providerAccountId, userId });
    },
  };
}

/** next-auth's options: Facebook where there are credentials, sessions in the database. */
export function authOptions(): NextAuthOptions {
  const env = serverEnv();
  const logger = sharedLogger(env.logLevel);
  return {
    adapter: authAdapter(sharedDatabase(env.databaseUrl).db, env),
    providers: env.facebook === null ? [] : [facebookProvider(env.facebook)],
    secret: env.secret,
    session: { strategy: 'database', maxAge: sessionSeconds },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    callbacks: {
      session: ({ session, user }) => ({ ...session, user: { ...session.user, id: user.id } }),
    },
    logger: {
      // The metadata holds codes and tokens of the exchange.
      error: (code) => logger.error({ code }, 'sign-in failed'),
      warn: (code) => logger.debug({ code }, 'sign-in warning'),
      debug: () => undefined,
    },
  };
}

/** The value of one cookie; the last of several with the same name is not looked at (RFC 6265 5.4 sends the nearest first). */
function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) {
      return pair.slice(equals + 1).trim();
    }
  }
  return undefined;
}

/**
 * Who a `Cookie` header belongs to: for sockets, our own routes and tRPC alike.
 *
 * @returns `null` without a session, or with one that is over
 */
export async function userOfCookies(
  cookieHeader: string | null | undefined,
  options?: { db: Queryable; env: ServerEnv },
): Promise<SessionUser | null> {
  const env = options?.env ?? serverEnv();
  const db = options?.db ?? sharedDatabase(env.databaseUrl).db;
  const token = cookieValue(cookieHeader ?? '', sessionCookieName(env));
  if (token === undefined || token === '' || token.length > 256) {
    return null;
  }
  const [row] = await db
    .select(getTableColumns(users))
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.sessionToken, token), gt(sessions.expires, new Date())))
    .limit(1);
  return row === undefined ? null : sessionUser(row, 'session', env);
}
