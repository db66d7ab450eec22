import type { Database } from '../../db/client';
import { PublicId } from '../../stream-node/contract/ids';
import { AppError } from '../errors';
import { jsonAnswer, type Route } from '../http/route';
import { latestScore } from './read-score';

/**
 * `GET /api/cricbuzz/:eventId/`, for anyone: the event's last score as `{"MatchInfo": {…}}`, bare. 404 for an unknown event
 * and for one without a score. `Last-Modified` says when the feed last answered well; `X-Score-Stale: true`, that it does
 * not any more.
 */
export function scoreRoute(deps: { db: Database }): Route {
  return {
    method: 'GET',
    path: '/api/cricbuzz/:eventId',
    handle: async ({ params }) => {
      const { eventId = '' } = params;
      if (!PublicId.safeParse(eventId).success) {
        throw new AppError('not_found', 'There is no such event');
      }
      const { matchInfo, fetchedAt, isStale } = await latestScore(deps.db, eventId);
      return jsonAnswer(
        200,
        { MatchInfo: matchInfo },
        { 'last-modified': fetchedAt.toUTCString(), ...(isStale ? { 'x-score-stale': 'true' } : {}) },
      );
    },
  };
}
