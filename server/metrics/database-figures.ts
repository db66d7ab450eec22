import { sql } from 'drizzle-orm';
import type { OpenDatabase } from '../../db/client';

/** A scrape does not wait longer for a database that is away. */
const patienceMs = 2000;

export type DatabaseFigures = { answerSeconds: number; connections: Map<string, number>; connectionsMax: number };

/** How the database answers through this process's pool; null when it does not. */
export async function databaseFigures(
  database: Pick<OpenDatabase, 'db' | 'applicationName' | 'connectionsMax'>,
): Promise<DatabaseFigures | null> {
  const startedAtMs = performance.now();
  const asked = database.db.execute<{ state: string; count: number }>(sql`
    select coalesce(state, 'other') as state, count(*)::int as count from pg_stat_activity
    where application_name = ${database.applicationName} group by 1
  `);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, patienceMs, null);
  });
  try {
    const rows = await Promise.race([asked, late]);
    return rows === null
      ? null
      : {
          answerSeconds: (performance.now() - startedAtMs) / 1000,
          connections: new Map(rows.map(({ state, count }) => [state, count])),
          connectionsMax: database.connectionsMax,
        };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    asked.catch(() => undefined);
  }
}
