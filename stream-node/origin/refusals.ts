import type { GrantRefusal } from '../contract/grants';

/** Why the origin does not serve a request; the word is `code` in the JSON body. */
export type RefusalCode =
  | GrantRefusal
  | 'not_found'
  | 'not_started'
  | 'stream_not_here'
  | 'method_not_allowed'
  | 'bad_directive'
  | 'range_not_satisfiable'
  | 'not_in_time'
  | 'key_unknown'
  | 'internal';

/** The one table of codes and statuses of the origin. */
export const refusalStatuses: Record<RefusalCode, number> = {
  bad_directive: 400,
  grant_missing: 401,
  grant_malformed: 401,
  grant_bad_signature: 401,
  grant_expired: 401,
  grant_wrong_stream: 403,
  grant_wrong_action: 403,
  grant_old_epoch: 403,
  grant_revoked: 403,
  not_found: 404,
  not_started: 404,
  method_not_allowed: 405,
  range_not_satisfiable: 416,
  stream_not_here: 421,
  internal: 500,
  not_in_time: 503,
  key_unknown: 503,
};
