import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
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
          const [row] = await deps.db.execute<{ count: number }>(sql`
            select count(*)::int as count from node
            where last_seen_at > now() - make_interval(secs => ${aliveSeconds})
          `);
          liveNodes = row?.count ?? 0;
        } catch {
          // The reason would name the database's address; whoever asks needs only the fact.
          return jsonAnswer(503, { ok: false, database: false, liveNodes: 0 });
        }
        return jsonAnswer(liveNodes > 0 ? 200 : 503, { ok: liveNodes > 0, database: true, liveNodes });
      },
    },
  ];
}
