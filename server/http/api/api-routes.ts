import type { Route } from '../route';
import { eventRoutes } from './event-routes';
import type { ApiDeps } from './limited-answer';
import { streamRoutes } from './stream-routes';
import { streamServerRoutes } from './stream-server-routes';
import { tokenRoutes } from './token-routes';
import { userRoutes } from './user-routes';

/** The product's own HTTP API. */
export function apiRoutes(deps: ApiDeps): Route[] {
  return [
    ...userRoutes(deps),
    ...tokenRoutes(deps),
    ...streamServerRoutes(deps),
    ...eventRoutes(deps),
    ...streamRoutes(deps),
  ];
}
