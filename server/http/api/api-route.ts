import { z } from 'zod';
import { AppError, parseInput } from '../../errors';
import type { OperationContext } from '../../operation-context';
import type { Actor } from '../../users/session-user';
import { type HttpAnswer, type HttpRequest, jsonAnswer, type Route } from '../route';
import type { ApiDescription } from './api-description';
import { answerOnce, idempotencyKeyOf } from './idempotent-answer';
import { type ApiDeps, limitedAnswer, nameOf } from './limited-answer';
import { envelope, type Surface } from './surface';

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
    handle: (request) => limitedAnswer(deps, { surface, request }, (actor) => answerActor(request, actor)),
  };
}
