import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Queryable } from '../../db/client';
import { userOfCookies } from '../auth';
import type { ServerEnv } from '../env';
import { AppError } from '../errors';
import { userOfToken } from '../tokens/user-of-token';
import type { Actor } from '../users/session-user';

/** RFC 6750 2.1; the scheme's case does not matter (RFC 9110 11.1). */
const bearerPattern = /^bearer +([A-Za-z0-9._~+/-]{1,512}=*)$/i;

const digestOf = (text: string) => createHash('sha256').update(text).digest();

/** Takes the same time whatever differs: both sides are hashed to one length first. */
function isOperatorToken(token: string, env: ServerEnv): boolean {
  return env.operatorToken !== null && timingSafeEqual(digestOf(token), digestOf(env.operatorToken));
}

/** Whether a request names its actor by itself, so that no other site's page can have sent it with our cookies. */
export function hasBearer(headers: IncomingHttpHeaders): boolean {
  return headers.authorization !== undefined;
}

/**
 * Who makes a request: by `Authorization: Bearer` (a personal API token, or the operator token), else by the session
 * cookie. A header that is there counts alone: a wrong token is never made up for by a cookie.
 *
 * @returns `null` when nobody is signed in
 * @throws AppError `unauthorized` when the header is malformed, or its token is not known
 */
export async function requestActor(
  deps: { db: Queryable; env: ServerEnv },
  headers: IncomingHttpHeaders,
): Promise<Actor | null> {
  if (headers.authorization === undefined) {
    return await userOfCookies(headers.cookie, deps);
  }
  const token = bearerPattern.exec(headers.authorization)?.[1];
  if (token === undefined) {
    throw new AppError('unauthorized', 'Authorization: must be "Bearer" and a token');
  }
  if (isOperatorToken(token, deps.env)) {
    return { id: null, role: 'operator', via: 'operator-token' };
  }
  const user = await userOfToken(deps, token);
  if (user === null) {
    throw new AppError('unauthorized', 'Authorization: this token is not known, or was revoked');
  }
  return user;
}
