import type { Route } from './route';

export type RouteMatch = { route: Route; params: Record<string, string> };

/** The named parts of a path that fits the pattern; null for one that does not. */
export function matchPath(pattern: string, pathname: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = (pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname).split('/');
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part === '*') {
      params.rest = pathname.split('/').slice(index).join('/');
      return given.length >= index ? params : null;
    }
    const segment = given[index];
    if (segment === undefined || (part.startsWith(':') ? segment === '' : segment !== part)) {
      return null;
    }
    if (part.startsWith(':')) {
      // Not decoded: what a route accepts is matched against a strict pattern, and `%2f` is in none.
      params[part.slice(1)] = segment;
    }
  }
  return given.length === wanted.length ? params : null;
}

/** The path is ours, but with other methods alone. */
export type MethodMismatch = { allowed: string[]; route: Route };

/**
 * The route for a request; a mismatch when the path is ours but not with this method; `null` when it is for the pages. A
 * path can belong to both: only a path without any route of ours goes on.
 */
export function findRoute(routes: Route[], method: string, pathname: string): RouteMatch | MethodMismatch | null {
  const samePath: Route[] = [];
  for (const route of routes) {
    const params = matchPath(route.path, pathname);
    if (params === null) {
      continue;
    }
    if (route.method === method || (method === 'HEAD' && route.method === 'GET')) {
      return { route, params };
    }
    samePath.push(route);
  }
  const [route] = samePath;
  return route === undefined ? null : { route, allowed: samePath.map((other) => other.method) };
}
