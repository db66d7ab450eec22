import type { ServerEnv } from '../../env';
import { jsonAnswer, type Route } from '../route';
import { openApiDocument } from './openapi';
import { envelope } from './surface';

/** `/api/openapi.json`: what the described ones of `routes` are, made when it is first asked for. */
export function openApiRoute(deps: { env: ServerEnv }, routes: Route[]): Route {
  let document: unknown;
  return {
    method: 'GET',
    path: '/api/openapi.json',
    errorBody: envelope.errorBody,
    handle: () => {
      document ??= openApiDocument(routes, deps.env.publicUrl);
      return jsonAnswer(200, document, { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' });
    },
  };
}
