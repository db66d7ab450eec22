import type { Database } from '../../db/client';
import type { ServerEnv } from '../env';
import { AppError } from '../errors';
import type { Logger } from '../logger';
import { deleteDataForFacebook } from '../users/facebook-data-deletion';
import { jsonAnswer, type Route } from './route';

/** `POST /api/facebook/data-deletion`: Facebook's "Data Deletion Request Callback", a form with `signed_request`. */
export function facebookRoutes(deps: { db: Database; env: ServerEnv; logger: Logger }): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/facebook/data-deletion',
      bodyBytesMax: 16 * 1024,
      handle: async (request) => {
        const signedRequest = new URLSearchParams(request.body.toString('utf8')).get('signed_request');
        if (signedRequest === null) {
          throw new AppError('bad_request', 'signed_request: must be in a form of the body');
        }
        return jsonAnswer(200, await deleteDataForFacebook(deps, signedRequest));
      },
    },
  ];
}
