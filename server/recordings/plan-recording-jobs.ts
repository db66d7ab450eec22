import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { enqueueJob } from '../jobs/enqueue-job';
import { isAliveColumn } from '../nodes/node-view';

/** A poster is made as soon as so much is recorded, in seconds. */
const posterAfterSeconds = 10;
/** Takes may still come in after the end: so long a stream counts as fresh. */
const freshFor = sql`interval '1 day'`;

const Held = z.object({
  stream_id: z.string(),
  name: z.string(),
  trim_start_ms: z.number().nullable(),
  trim_end_ms: z.number().nullable(),
  /** on each node that has some, the one with the most first */
  shares: z
    .array(z.object({ node_id: z.string(), url: z.string(), bytes: z.number(), take_ids: z.array(z.string()) }))
    .min(1),
  take_ids: z.array(z.string()),
  version: z.string(),
  poster_version: z.string(),
  wants_downloads: z.boolean(),
  wants_poster: z.boolean(),
});
type Held = z.infer<typeof Held>;

/**
 * Asks for what is made of recordings and is not there: the files to download once a stream is over, all its takes are closed and
 * the nodes that have them are there, again when a take came late or the recording was trimmed; the poster of a picture as soon as
 * there is something to see. The node that has most of a recording makes its files, and borrows what others have. Several web
 * processes at once do no harm: the same work has the same key.
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
    with share as (
      select take.stream_id, node.id as node_id, node.control_url as url, ${isAliveColumn} as is_there,
        sum(take.bytes)::float8 as bytes, sum(take.duration_seconds) as seconds, bool_and(take.closed) as is_closed,
        array_agg(take.id order by take.started_at, take.id) as take_ids
      from stream s join take on take.stream_id = s.id join node on node.id = take.node_id
      where s.state <> 'created' and ${scope === 'all' ? sql`true` : isFresh}
      group by take.stream_id, node.id
    ), version as (
      select stream_id, string_agg(id, ',' order by id) as ids, array_agg(id order by started_at, id) as take_ids
      from take where stream_id in (select stream_id from share)
      group by stream_id
    ), held as (
      select
        s.id as stream_id, s.name, version.take_ids,
        (extract(epoch from s.trim_starts_at) * 1000)::float8 as trim_start_ms,
        (extract(epoch from s.trim_ends_at) * 1000)::float8 as trim_end_ms,
        jsonb_agg(to_jsonb(share) order by share.bytes desc, share.node_id) as shares,
        md5(concat_ws(' ', version.ids, s.trim_starts_at, s.trim_ends_at)) as version,
        md5(concat_ws(' ', 'poster', s.trim_starts_at, s.trim_ends_at)) as poster_version,
        s.state in ('ended', 'failed') and bool_and(share.is_closed) and (bool_and(share.is_there) or count(*) = 1)
          as wants_downloads,
        s.kind = 'video' and (sum(share.seconds) >= ${posterAfterSeconds} or s.state in ('ended', 'failed'))
          as wants_poster
      from share join stream s on s.id = share.stream_id join version on version.stream_id = s.id
      group by s.id, version.ids, version.take_ids
    )
    select
      stream_id, name, take_ids, trim_start_ms, trim_end_ms, shares, version, poster_version,
      wants_downloads and not exists (
        select from job
        where dedupe_key = concat_ws(':', 'downloads', stream_id, shares -> 0 ->> 'node_id', version)
          -- A trim that was undone: these files were made once, and others stand in their place.
          and not (state = 'done' and exists (
            select from download where download.stream_id = held.stream_id and download.version <> held.version
          ))
      ) as wants_downloads,
      wants_poster and not exists (
        select from job where dedupe_key = concat_ws(':', 'poster', stream_id, poster_version)
      ) as wants_poster
    from held
  `);
  let added = 0;
  for (const row of found) {
    const held = Held.parse(row);
    added += held.wants_poster ? await askForPoster(db, held) : 0;
    added += held.wants_downloads ? await askForDownloads(db, held) : 0;
  }
  return added;
}

const trimOf = ({ trim_start_ms: startMs, trim_end_ms: endMs }: Held) => ({ startMs, endMs });

async function askForPoster(db: Database, held: Held): Promise<number> {
  const { stream_id: streamId, poster_version: version, shares } = held;
  const work = { kind: 'poster' as const, streamId, trim: trimOf(held), version };
  const nodeId = shares[0]?.node_id ?? null;
  return (await enqueueJob(db, { work, nodeId, dedupeKey: `poster:${streamId}:${version}` })) === null ? 0 : 1;
}

/** A disk without room, say, is mended in hours and not in minutes. */
async function reviveFailedJobs(db: Database): Promise<void> {
  await db.execute(sql`
    update job set state = 'waiting', attempts = 0, ready_at = now(), done_at = null
    where state = 'failed' and kind in ('downloads', 'poster')
      and done_at < now() - interval '6 hours' and created_at > now() - interval '14 days'
  `);
}

async function askForDownloads(db: Database, held: Held): Promise<number> {
  const { stream_id: streamId, take_ids: takeIds, version, name: title } = held;
  const [most, ...others] = held.shares;
  if (most === undefined) {
    return 0;
  }
  const elsewhere = others.map(({ url, take_ids, bytes }) => ({ nodeUrl: url, takeIds: take_ids, bytes }));
  const work = {
    ...{ kind: 'downloads' as const, streamId, title, takeIds, trim: trimOf(held), version },
    ...(elsewhere.length > 0 && { elsewhere }),
  };
  const dedupeKey = `downloads:${streamId}:${most.node_id}:${version}`;
  return await db.transaction(async (tx) => {
    // What waits was asked for of an earlier version: nobody wants that any more.
    await tx.execute(sql`
      delete from job where stream_id = ${streamId} and kind = 'downloads'
        and (state in ('waiting', 'failed') or (state = 'done' and dedupe_key = ${dedupeKey}))
    `);
    return (await enqueueJob(tx, { work, nodeId: most.node_id, dedupeKey })) === null ? 0 : 1;
  });
}
