import { z } from 'zod';
import { apiRoute } from '../http/api/api-route';
import { IdReference, publicIdOf } from '../http/api/id-reference';
import type { ApiDeps } from '../http/api/limited-answer';
import { envelope, type Surface } from '../http/api/surface';
import type { Route } from '../http/route';
import { MatchInfo } from './match-info';
import { latestScore } from './read-score';

const ScoreAnswer = z.object({ MatchInfo: MatchInfo.meta({ id: 'MatchInfo' }) });

/** The envelope, and beside it `MatchInfo` itself, where readers of the feed look for it. */
const feedAndEnvelope: Surface = {
  answerBody: (data) => ({ error: '', data, ...(data instanceof Object ? data : {}) }),
  errorBody: envelope.errorBody,
};

/**
 * `GET /api/cricbuzz/:eventId/`, for anyone: the event's last score. 404 for an unknown event and for one without a score.
 * `Last-Modified` says when the feed last answered well; `X-Score-Stale: true`, that it does not any more.
 */
export function scoreRoute(deps: ApiDeps): Route {
  return apiRoute(deps, {
    method: 'GET',
    path: '/api/cricbuzz/:eventId',
    summary: 'The latest score of an event',
    tag: 'events',
    caller: 'anyone',
    surface: feedAndEnvelope,
    params: z.object({ eventId: IdReference }),
    answer: ScoreAnswer,
    handle: async ({ context, params }) => {
      const eventId = await publicIdOf(context.db, 'event', params.eventId);
      const { matchInfo, fetchedAt, isStale } = await latestScore(context.db, eventId);
      return {
        data: { MatchInfo: matchInfo },
        headers: { 'last-modified': fetchedAt.toUTCString(), ...(isStale ? { 'x-score-stale': 'true' } : {}) },
      };
    },
  });
}
