import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { enqueueJob } from '../jobs/enqueue-job';

/** A poster is made as soon as so much is recorded, in seconds. */
const posterAfterSeconds = 10;
/** Takes may still come in after the end: so long a stream counts as fresh. */
const freshFor = sql`interval '1 day'`;

const Held = z.object({
  stream_id: z.string(),
  node_id: z.string(),
  name: z.string(),
  trim_start_ms: z.number().nullable(),
  trim_end_ms: z.number().nullable(),
  take_ids: z.array(z.string()),
  version: z.string(),
  is_over: z.boolean(),
  wants_downloads: z.boolean(),
  wants_poster: z.boolean(),
});

/**
 * Asks for what is made of recordings and is not there: the files to download once a stream is over and all its takes on a node
 * are closed, again when a take came late or the recording was trimmed; the poster of a picture as soon as there is something to
 * see. Several web processes at once do no harm: the same work has the same key.
 *
 * @param scope `fresh`: of streams that are on air or lately over; `all`: of every stream
 * @returns how many jobs were added
 */
export async function planRecordingJobs(db: Database, scope: 'fresh' | 'all'): Promise<number> {
  if (scope === 'all') {
    await reviveFailedJobs(db);
  }
  const isFresh = sql`(s.ended_at is null or s.ended_at > now() - ${freshFor} or s.trimmed_at > now() - ${freshFor})`;
  const found = await db.execute(sql`
    with held as (
      select
        s.id as stream_id, t.node_id, s.name,
        (extract(epoch from s.trim_starts_at) * 1000)::float8 as trim_start_ms,
        (extract(epoch from s.trim_ends_at) * 1000)::float8 as trim_end_ms,
        array_agg(t.id order by t.started_at, t.id) as take_ids,
        md5(concat_ws(' ', string_agg(t.id, ',' order by t.id), s.trim_starts_at, s.trim_ends_at)) as version,
        md5(concat_ws(' ', 'poster', s.trim_starts_at, s.trim_ends_at)) as poster_version,
        s.state in ('ended', 'failed') as is_over,
        s.state in ('ended', 'failed') and bool_and(t.closed) as wants_downloads,
        s.kind = 'video' and sum(t.duration_seconds) >= ${posterAfterSeconds} or
          (s.kind = 'video' and s.state in ('ended', 'failed')) as wants_poster
      from stream s join take t on t.stream_id = s.id
      where s.state <> 'created' and ${scope === 'all' ? sql`true` : isFresh}
      group by s.id, t.node_id
    )
    select
      stream_id, node_id, name, trim_start_ms, trim_end_ms, take_ids, is_over, version,
      wants_downloads and not exists (
        select from job where dedupe_key = concat_ws(':', 'downloads', stream_id, node_id, version)
      ) as wants_downloads,
      wants_poster and not exists (
        select from job where dedupe_key = concat_ws(':', 'poster', stream_id, poster_version)
      ) as wants_poster,
      poster_version
    from held
  `);
  let added = 0;
  for (const row of found) {
    const {
      wants_downloads: wantsDownloads,
      wants_poster: wantsPoster,
      ...held
    } = Held.extend({
      poster_version: z.string(),
    }).parse(row);
    const { stream_id: streamId, node_id: nodeId, take_ids: takeIds, version, poster_version: posterVersion } = held;
    const trim = { startMs: held.trim_start_ms, endMs: held.trim_end_ms };
    if (wantsPoster) {
      const work = { kind: 'poster' as const, streamId, trim, version: posterVersion };
      const dedupeKey = `poster:${streamId}:${posterVersion}`;
      added += (await enqueueJob(db, { work, nodeId, dedupeKey })) === null ? 0 : 1;
    }
    if (wantsDownloads) {
      added += await askForDownloads(db, { streamId, nodeId, takeIds, trim, version, title: held.name });
    }
  }
  return added;
}

/** A disk without room, say, is mended in hours and not in minutes. */
async function reviveFailedJobs(db: Database): Promise<void> {
  await db.execute(sql`
    update job set state = 'waiting', attempts = 0, ready_at = now(), done_at = null
    where state = 'failed' and kind in ('downloads', 'poster')
      and done_at < now() - interval '6 hours' and created_at > now() - interval '14 days'
  `);
}

async function askForDownloads(
  db: Database,
  asked: {
    streamId: string;
    nodeId: string;
    takeIds: string[];
    trim: { startMs: number | null; endMs: number | null };
    version: string;
    title: string;
  },
): Promise<number> {
  const { nodeId, ...work } = asked;
  const { streamId, version } = work;
  return await db.transaction(async (tx) => {
    // What waits was asked for of an earlier version: nobody wants that any more.
    await tx.execute(sql`
      delete from job
      where stream_id = ${streamId} and node_id = ${nodeId} and kind = 'downloads' and state in ('waiting', 'failed')
    `);
    const dedupeKey = `downloads:${streamId}:${nodeId}:${version}`;
    const id = await enqueueJob(tx, { work: { kind: 'downloads', ...work }, nodeId, dedupeKey });
    return id === null ? 0 : 1;
  });
}
