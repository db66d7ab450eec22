import { matchPath } from '../http/route-table';

/** What Next answers, by template. */
const pagePatterns = [
  '/',
  '/sign-in',
  '/event/:id',
  '/event/:id/go-live',
  '/event/:id/edit',
  '/events/new',
  '/watch/:id',
  '/embed/:id',
  '/user/:id',
  '/studio',
  '/settings',
  '/admin',
  '/data-deletion/:code',
  '/privacy',
  '/terms',
  '/api/trpc/*',
  '/api/auth/*',
  '/_next/*',
];

/** The template of a page's path; `other` for all paths that are none, so that nobody makes us new series by asking. */
export function pageRoute(pathname: string): string {
  return pagePatterns.find((pattern) => matchPath(pattern, pathname) !== null) ?? 'other';
}
