import { z } from 'zod';
import type { Database } from '../../../db/client';
import type { ServerEnv } from '../../env';
import { AppError, errorTable, isAppError, parseInput } from '../../errors';
import type { Logger } from '../../logger';
import type { OperationContext } from '../../operation-context';
import type { Actor } from '../../users/session-user';
import { clientAddress, limitedAddress } from '../client-address';
import { requestActor } from '../request-actor';
import { type HttpAnswer, type HttpRequest, jsonAnswer, type Route } from '../route';
import type { ApiLimits, LimitState } from './api-limits';
import { limitHeaders } from './api-limits';
import { answerOnce, idempotencyKeyOf } from './idempotent-answer';
import { envelope, type Surface } from './surface';

/** What public routes are made with. */
export type ApiDeps = { db: Database; env: ServerEnv; logger: Logger; limits: ApiLimits };

/** Who may call it, in the words of the documentation; the operation itself decides. */
export type ApiCaller = 'anyone' | 'signed in' | 'owner' | 'self' | 'self or operator' | 'operator';

/** What the OpenAPI document says of a route. */
export type ApiDescription = {
  summary: string;
  /** the section of the document */
  tag: string;
  caller: ApiCaller;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** of the data of a success, inside the surface's own wrapping */
  answer: z.ZodType;
  /** of a success; default 200 */
  status?: number;
  /** honours `Idempotency-Key` */
  isIdempotent?: boolean;
  surface: Surface;
};

export type ApiCall<Params, Query, Body> = {
  context: OperationContext;
  params: Params;
  query: Query;
  body: Body;
  request: HttpRequest;
};

export type ApiResult<Data> = { data: Data; headers?: Record<string, string> };

const NoFields = z.object({});
const EmptyBody = z.unknown();

type ApiOperation<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> = Omit<ApiDescription, 'surface'> & {
  method: Route['method'];
  path: string;
  params?: Params;
  query?: Query;
  body?: Body;
  answer: Answer;
  /** default: the envelope */
  surface?: Surface;
  bodyBytesMax?: number;
  handle(
    call: ApiCall<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<ApiResult<z.input<Answer>>> | ApiResult<z.input<Answer>>;
};

/** What `curl -d` sends when it is told nothing. */
const formType = 'application/x-www-form-urlencoded';

/** A JSON object, with the type for it, with none, or with curl's default. @throws AppError `bad_request` */
function jsonBody(request: HttpRequest): unknown {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? formType;
  if (type !== formType && !/^application\/([\w.+-]+\+)?json$/.test(type)) {
    throw new AppError('bad_request', 'Content-Type: must be application/json');
  }
  const value = request.json();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('bad_request', 'The body must be a JSON object');
  }
  return value;
}

const nameOf = (actor: Actor) => actor.id ?? actor.via;

/**
 * A route of a public surface: it counts the request, finds out who makes it, checks every field by zod, calls the
 * operation, and words the answer. The OpenAPI document is made of the same description.
 */
export function apiRoute<
  Answer extends z.ZodType,
  Params extends z.ZodObject = typeof NoFields,
  Query extends z.ZodObject = typeof NoFields,
  Body extends z.ZodType = typeof EmptyBody,
>(deps: ApiDeps, operation: ApiOperation<Params, Query, Body, Answer>): Route {
  const { method, path, bodyBytesMax, handle, surface = envelope, status = 200 } = operation;

  const callOf = async (request: HttpRequest, actor: Actor | null): Promise<HttpAnswer> => {
    const params = parseInput(operation.params ?? NoFields, request.params) as z.output<Params>;
    const query = parseInput(operation.query ?? NoFields, Object.fromEntries(request.url.searchParams));
    const body =
      operation.body === undefined ? undefined : parseInput(operation.body, jsonBody(request), surface.badBody);
    const { db, env, logger } = deps;
    const result = await handle({
      context: { db, env, logger, actor },
      params,
      query: query as z.output<Query>,
      body: body as z.output<Body>,
      request,
    });
    return jsonAnswer(status, surface.answerBody(result.data), result.headers);
  };

  const answerActor = async (request: HttpRequest, actor: Actor | null): Promise<HttpAnswer> => {
    if (actor === null) {
      if (operation.caller !== 'anyone') {
        throw new AppError('unauthorized', 'Sign in first, or send a token: Authorization: Bearer …');
      }
      return await callOf(request, null);
    }
    const key = operation.isIdempotent === true ? idempotencyKeyOf(request) : null;
    return key === null
      ? await callOf(request, actor)
      : await answerOnce(deps, { actor: nameOf(actor), key, request }, () => callOf(request, actor));
  };

  return {
    method,
    path,
    bodyBytesMax,
    takesBearer: true,
    description: { ...operation, surface },
    errorBody: surface.errorBody,
    handle: async (request) => {
      let limit = await deps.limits.count(limitedAddress(clientAddress(request, deps.env.trustedProxies)));
      try {
        refuseOver(limit);
        const actor = await requestActor(deps, request.headers);
        if (actor !== null) {
          const ofActor = await deps.limits.count(nameOf(actor));
          limit = ofActor.remaining < limit.remaining || ofActor.isOver ? ofActor : limit;
          refuseOver(limit);
        }
        const answer = await answerActor(request, actor);
        return { ...answer, headers: { ...answer.headers, ...limitHeaders(limit) } };
      } catch (error) {
        if (!isAppError(error)) {
          throw error;
        }
        return refusal(error, surface, limit);
      }
    },
  };
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
