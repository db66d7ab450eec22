import { randomUUID } from 'node:crypto';
import { eq, lt, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { presence } from '../../db/schema';

/** Rows are touched this often though nothing changed, so that they stay fresh (`presenceFreshSeconds`). */
const heartbeatMs = 4000;

/** Writes this process's open players to `presence`: the whole of them each time, so a lost write mends itself. */
export class PresenceWriter {
  readonly #webProcessId = randomUUID();
  #written = '{}';
  #writtenAtMs = 0;

  constructor(private readonly db: Queryable) {}

  /** Writes when something changed or a heartbeat is due. */
  async write(viewersByStream: Map<string, number>): Promise<void> {
    const state = JSON.stringify(Object.fromEntries([...viewersByStream].sort()));
    const changed = state !== this.#written;
    if (!changed && (viewersByStream.size === 0 || Date.now() - this.#writtenAtMs < heartbeatMs)) {
      return;
    }
    // A stream that was deleted meanwhile is joined away: its foreign key would refuse all the others with it.
    await this.db.execute(sql`
      with now_open as (
        select stream.id as stream_id, viewers::int as viewers
        from json_each_text(${state}::json) as open_player(stream_id, viewers)
        join stream on stream.id = open_player.stream_id
      ), gone as (
        delete from presence where web_process_id = ${this.#webProcessId}
          and stream_id not in (select stream_id from now_open)
      )
      insert into presence (web_process_id, stream_id, viewers, updated_at)
      select ${this.#webProcessId}, stream_id, viewers, now() from now_open
      on conflict (web_process_id, stream_id)
        do update set viewers = excluded.viewers, updated_at = excluded.updated_at`);
    this.#written = state;
    this.#writtenAtMs = Date.now();
    await this.db.delete(presence).where(lt(presence.updatedAt, sql`now() - interval '1 minute'`));
  }

  /** Takes this process's rows away. */
  async close(): Promise<void> {
    await this.db.delete(presence).where(eq(presence.webProcessId, this.#webProcessId));
  }
}
