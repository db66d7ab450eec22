import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import type { NodeSnapshot } from '../../stream-node/contract/snapshots';

/** Keeps what the journals of each stream take on a node, as it says now; a snapshot without a word of them changes nothing. */
export async function applyObservedJournals(tx: Queryable, { nodeId, journals }: NodeSnapshot): Promise<void> {
  if (journals === undefined) {
    return;
  }
  await tx.execute(sql`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(journals)}::jsonb) as told ("streamId" text, bytes bigint)
    ), gone as (
      delete from kept_journal where node_id = ${nodeId} and stream_id not in (select "streamId" from told)
    )
    insert into kept_journal (node_id, stream_id, bytes)
    select ${nodeId}::text, stream.id, told.bytes from told join stream on stream.id = told."streamId"
    on conflict (stream_id, node_id) do update set bytes = excluded.bytes where kept_journal.bytes <> excluded.bytes
  `);
}
