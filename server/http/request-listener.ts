import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopbackHost, type ServerEnv } from '../env';
import { AppError, errorTable, isAppError } from '../errors';
import type { Logger } from '../logger';
import { currentRequest } from '../request-scope';
import { envelope } from './api/surface';
import { hasBearer } from './request-actor';
import { declaredBodyBytes, discardBody, parseJson, readBody } from './request-body';
import { errorAnswer, type HttpAnswer, type Route } from './route';
import { findRoute, type RouteMatch } from './route-table';
import { isCrossSiteWrite } from './same-origin';
import { commonHeaders, contentSecurityPolicy, newNonce } from './security-headers';

const routeBodyBytesMax = 64 * 1024;
/** What pages and tRPC take: no call of theirs comes near. */
const pageBodyBytesMax = 1024 * 1024;

export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export type RequestListenerOptions = {
  env: ServerEnv;
  logger: Logger;
  routes: Route[];
  /** Next */
  pages: PageHandler;
  /** public URLs of the known nodes, for the content security policy */
  nodeUrls(): Promise<string[]>;
};

function send(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  const body = answer.body ?? '';
  // RFC 9110 8.6: no length with a status that has no body.
  const length = answer.status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(request.method === 'HEAD' ? undefined : body);
  if (!request.complete) {
    discardBody(request);
  }
}

async function answerRoute(request: IncomingMessage, url: URL, match: RouteMatch): Promise<HttpAnswer> {
  Object.assign(currentRequest() ?? {}, { route: match.route.path });
  match.route.admit?.(request.headers);
  const { bodyIsStreamed = false, bodyBytesMax = routeBodyBytesMax } = match.route;
  const body = bodyIsStreamed ? Buffer.alloc(0) : await readBody(request, bodyBytesMax);
  return await match.route.handle({
    method: request.method ?? 'GET',
    url,
    params: match.params,
    headers: request.headers,
    remoteAddress: request.socket.remoteAddress ?? '',
    body,
    incoming: request,
    json: () => parseJson(body),
  });
}

/** Refuses bodies that pages would otherwise read to the end, however long. */
function checkPageBody(request: IncomingMessage): HttpAnswer | null {
  const bytes = declaredBodyBytes(request);
  if (bytes === null) {
    return errorAnswer(411, 'bad_request', 'The body needs a Content-Length');
  }
  if (bytes > pageBodyBytesMax) {
    return errorAnswer(413, 'payload_too_large', `The body may be at most ${pageBodyBytesMax} bytes`);
  }
  return null;
}

function answerOfError(error: unknown, logger: Logger, errorBody: Route['errorBody']): HttpAnswer {
  if (isAppError(error)) {
    return errorAnswer(errorTable[error.code].status, error.code, error.userMessage, errorBody);
  }
  logger.error({ err: error, route: currentRequest()?.route }, 'a request failed');
  return errorAnswer(500, 'internal', 'Something went wrong on our side; try again', errorBody);
}

/** Below `/api/` only these are the pages' own; whatever else is no route of ours is told so in the words of the API. */
const pageApiPath = /^\/api\/(auth|trpc)(\/|$)/;

function isUnknownApi(pathname: string): boolean {
  return /^\/api(\/|$)/.test(pathname) && !pageApiPath.test(pathname);
}

/** The path of a request target in origin form (RFC 9112 3.2.1); any other form is refused. */
function urlOf(request: IncomingMessage, publicUrl: string): URL {
  const target = request.url ?? '/';
  if (!target.startsWith('/') || target.startsWith('//') || !URL.canParse(target, publicUrl)) {
    throw new AppError('bad_request', 'The request target must be a path');
  }
  return new URL(target, publicUrl);
}

/** Our own routes first, then the pages; common headers, body bounds and the cross-site rule for both. */
export function createRequestListener(options: RequestListenerOptions): PageHandler {
  const { env, logger, routes, pages } = options;
  const { protocol, hostname } = new URL(env.publicUrl);
  // A browser would keep it for every port of `localhost`, and for other people's servers there.
  const isHttpsOnly = protocol === 'https:' && !isLoopbackHost(hostname);
  const headers = Object.entries(commonHeaders({ isHttpsOnly }));

  const answerPage = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    const refusal = checkPageBody(request);
    if (refusal !== null) {
      send(request, response, refusal);
      return;
    }
    const policy = contentSecurityPolicy({
      pathname: url.pathname,
      nonce: newNonce(),
      isDevelopment: env.mode === 'development',
      publicUrl: env.publicUrl,
      nodeUrls: await options.nodeUrls(),
      facebook: env.facebook,
    });
    response.setHeader('content-security-policy', policy);
    // Next takes the nonce for its own scripts from the request.
    request.headers['content-security-policy'] = policy;
    await pages(request, response);
  };

  return async (request, response) => {
    for (const [name, value] of headers) {
      response.setHeader(name, value);
    }
    // A request that breaks off is no fault of ours; without a listener it would end the process.
    request.on('error', () => response.destroy());
    let errorBody: Route['errorBody'];
    try {
      const url = urlOf(request, env.publicUrl);
      const method = request.method ?? 'GET';
      const match = findRoute(routes, method, url.pathname);
      const isUnknown = match === null && isUnknownApi(url.pathname);
      errorBody = isUnknown ? envelope.errorBody : match?.route.errorBody;
      const namesActor = match?.route.takesBearer === true && hasBearer(request.headers);
      if (!namesActor && isCrossSiteWrite(method, request.headers, env.publicUrl)) {
        throw new AppError('forbidden', 'Another site may not do this');
      }
      if (isUnknown) {
        throw new AppError('not_found', 'There is nothing at this path');
      }
      if (match === null) {
        await answerPage(request, response, url);
      } else if ('allowed' in match) {
        const answer = errorAnswer(405, 'bad_request', `${method} is not for this path`, errorBody);
        send(request, response, { ...answer, headers: { ...answer.headers, allow: match.allowed.join(', ') } });
      } else {
        send(request, response, await answerRoute(request, url, match));
      }
    } catch (error) {
      const answer = answerOfError(error, logger, errorBody);
      if (response.headersSent) {
        response.destroy();
      } else {
        send(request, response, answer);
      }
    }
  };
}
