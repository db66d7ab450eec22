import type { Route } from './route';

export type RouteMatch = { route: Route; params: Record<string, string> };

/** Each pattern is taken apart once. */
const partsByPattern = new Map<string, string[]>();

function partsOf(pattern: string): string[] {
  let parts = partsByPattern.get(pattern);
  if (parts === undefined) {
    parts = pattern.split('/');
    partsByPattern.set(pattern, parts);
  }
  return parts;
}

/** The named parts of a path that fits the pattern; null for one that does not. */
export function matchPath(pattern: string, pathname: string): Record<string, string> | null {
  const whole = pathname.split('/');
  return matchParts(pattern, withoutTrailingSlash(whole), whole);
}

function withoutTrailingSlash(segments: string[]): string[] {
  return segments.length > 2 && segments.at(-1) === '' ? segments.slice(0, -1) : segments;
}

/** @param given the segments of the path, without a trailing slash @param whole the same with it */
function matchParts(pattern: string, given: string[], whole: string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  const wanted = partsOf(pattern);
  for (const [index, part] of wanted.entries()) {
    if (part === '*') {
      params.rest = whole.slice(index).join('/');
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
  const whole = pathname.split('/');
  const given = withoutTrailingSlash(whole);
  for (const route of routes) {
    const params = matchParts(route.path, given, whole);
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
