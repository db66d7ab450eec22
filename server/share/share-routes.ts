import type { Route } from '../http/route';
import type { ShareDeps } from './find-shared';
import { oembedRoute } from './oembed-route';
import { shareImageRoutes } from './share-image-route';

/** What other sites and their bots ask for when a link is shared. */
export function shareRoutes(deps: ShareDeps): Route[] {
  return [oembedRoute(deps), ...shareImageRoutes(deps)];
}
