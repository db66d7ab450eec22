import type { Database } from '../../../db/client';
import { whileDatabaseAnswers } from '../../database-answers';
import type { ServerEnv } from '../../env';
import { AppError, errorTable, isAppError } from '../../errors';
import type { Logger } from '../../logger';
import type { Actor } from '../../users/session-user';
import { clientAddress, limitedAddress } from '../client-address';
import { requestActor } from '../request-actor';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../route';
import { type ApiLimits, type LimitState, limitHeaders } from './api-limits';
import type { Surface } from './surface';

/** What public routes are made with. */
export type ApiDeps = { db: Database; env: ServerEnv; logger: Logger; limits: ApiLimits };

/** Whom a limit, or an idempotency key, is counted to. */
export const nameOf = (actor: Actor): string => actor.id ?? actor.via;

/**
 * Counts a request of a public surface, finds out who makes it, and has it answered, or refuses it in the surface's words. The
 * answer carries what is left of the limit.
 */
export async function limitedAnswer(
  deps: ApiDeps,
  { surface, request }: { surface: Surface; request: HttpRequest },
  answer: (actor: Actor | null) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  let limit = await deps.limits.count(limitedAddress(clientAddress(request, deps.env.trustedProxies)));
  try {
    refuseOver(limit);
    const answered = await whileDatabaseAnswers(deps.db, async () => {
      const actor = await requestActor(deps, request.headers);
      if (actor !== null) {
        const ofActor = await deps.limits.count(nameOf(actor));
        limit = ofActor.remaining < limit.remaining || ofActor.isOver ? ofActor : limit;
        refuseOver(limit);
      }
      return await answer(actor);
    });
    return { ...answered, headers: { ...answered.headers, ...limitHeaders(limit) } };
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return refusal(error, surface, limit);
  }
}

function refuseOver({ isOver, limit, resetSeconds }: LimitState): void {
  if (isOver) {
    throw new AppError('too_many_requests', `At most ${limit} requests a minute; try again in ${resetSeconds} s`);
  }
}

function refusal(error: AppError, surface: Surface, limit: LimitState): HttpAnswer {
  const { status } = errorTable[error.code];
  const headers = {
    ...limitHeaders(limit),
    // RFC 9110 15.5.2: a 401 names the scheme.
    ...(status === 401 ? { 'www-authenticate': 'Bearer realm="zyzz"' } : {}),
  };
  return jsonAnswer(status, surface.errorBody({ status, code: error.code, message: error.userMessage }), headers);
}
