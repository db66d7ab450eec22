/**
 * Where a sign-in may lead: a path of our own and nothing else. What a link can say must not send people elsewhere, so
 * `//other.example`, `/\other.example`, other origins and schemes all become the front page.
 *
 * @param ownOrigin the origin that an absolute URL may have: next-auth hands those round
 */
export function callbackPath(value: string | string[] | undefined, ownOrigin: string): string {
  if (typeof value !== 'string' || value.length > 2000 || !URL.canParse(value, ownOrigin)) {
    return '/';
  }
  const url = new URL(value, ownOrigin);
  if (url.origin !== new URL(ownOrigin).origin || url.pathname === '/sign-in' || url.pathname.startsWith('//')) {
    return '/';
  }
  return `${url.pathname}${url.search}${url.hash}`;
}
