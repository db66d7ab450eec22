import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { whileDatabaseAnswers } from '../database-answers';
import { aliveSeconds } from '../nodes/choose-node';
import { jsonAnswer, type Route } from './route';

/** `/healthz`: the process is up. `/readyz`: the database answers and at least one node is alive. */
export function healthRoutes(deps: { db: Database }): Route[] {
  return [
    { method: 'GET', path: '/healthz', handle: () => jsonAnswer(200, { ok: true }) },
    {
      method: 'GET',
      path: '/readyz',
      handle: async () => {
        let liveNodes: number;
        try {
          liveNodes = await whileDatabaseAnswers(deps.db, () => countLiveNodes(deps.db));
        } catch {
          // The reason would name the database's address; whoever asks needs only the fact.
          return jsonAnswer(503, { ok: false, database: false, liveNodes: 0 });
        }
        return jsonAnswer(liveNodes > 0 ? 200 : 503, { ok: liveNodes > 0, database: true, liveNodes });
      },
    },
  ];
}

async function countLiveNodes(db: Database): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from node
    where last_seen_at > now() - make_interval(secs => ${aliveSeconds})
  `);
  return row?.count ?? 0;
}
