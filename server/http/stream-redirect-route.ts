import { eq, sql } from 'drizzle-orm';
import { type Database, withPreparedStatements } from '../../db/client';
import { nodes, streams } from '../../db/schema';
import { PublicId } from '../../stream-node/contract/ids';
import { whileDatabaseAnswers } from '../database-answers';
import { AppError } from '../errors';
import { playbackNodeId } from '../streams/load-stream-views';
import type { Route } from './route';

/** A media path after the stream's id: segments of harmless characters, none of them `..`. */
const restPattern = /^(?!.*\.\.)[A-Za-z0-9~_./-]{0,4096}$/;

/** `/stream/:id/…` on the web host leads to the same path on the stream's own node: publish and playback meet at one node. */
export function streamRedirectRoute(deps: { db: Database }): Route {
  const nodeOf = withPreparedStatements(deps.db)
    .select({ nodeUrl: nodes.publicUrl })
    .from(streams)
    .innerJoin(nodes, eq(nodes.id, playbackNodeId))
    .where(eq(streams.id, sql.placeholder('streamId')))
    .prepare('node_of_stream');
  return {
    method: 'GET',
    path: '/stream/:id/*',
    handle: async ({ params, url }) => {
      const noSuchStream = new AppError('not_found', 'There is no such stream');
      const { id = '', rest = '' } = params;
      if (!PublicId.safeParse(id).success || !restPattern.test(rest)) {
        throw noSuchStream;
      }
      const [row] = await whileDatabaseAnswers(deps.db, () => nodeOf.execute({ streamId: id }));
      if (row === undefined || row.nodeUrl === '') {
        throw noSuchStream;
      }
      return {
        status: 302,
        headers: {
          location: `${row.nodeUrl}/stream/${id}/${rest}${url.search}`,
          // A stream may move to another node.
          'cache-control': 'no-store',
          'access-control-allow-origin': '*',
        },
      };
    },
  };
}
