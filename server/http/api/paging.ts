import { z } from 'zod';
import type { PageRequest } from '../../page-request';
import type { HttpRequest } from '../route';

const limitDefault = 100;
const limitMax = 500;
const limitRule = `must be a number from 1 to ${limitMax}`;
const cursorRule = 'must be the cursor of a Link header';

/** `?limit=&cursor=` of a list, which begins with the newest. */
export const PageQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,6}$/, limitRule)
    .transform(Number)
    .pipe(z.int().min(1, limitRule).max(limitMax, limitRule))
    .optional(),
  cursor: z
    .string()
    .regex(/^\d{1,10}$/, cursorRule)
    .transform(Number)
    .pipe(z.int().min(1, cursorRule).max(2_147_483_647, cursorRule))
    .optional(),
});

export function pageRequest(query: z.output<typeof PageQuery>): PageRequest {
  return { limit: query.limit ?? limitDefault, beforeKey: query.cursor ?? null };
}

/**
 * `Link: <…>; rel="next"` (RFC 8288) while there may be more. The body keeps its shape, and a list that grows meanwhile
 * repeats and skips nothing.
 */
export function nextPageHeader(
  request: Pick<HttpRequest, 'url'>,
  page: PageRequest,
  rows: { key: number }[],
): Record<string, string> {
  const last = rows.at(-1);
  if (last === undefined || rows.length < page.limit) {
    return {};
  }
  const next = new URL(request.url);
  next.searchParams.set('limit', String(page.limit));
  next.searchParams.set('cursor', String(last.key));
  return { link: `<${next.href}>; rel="next"` };
}
