import { randomUUID } from 'node:crypto';
import { eq, lt, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { presence } from '../../db/schema';
import type { ObservedDelays } from './open-playbacks';

/** Rows are touched this often though nothing changed, so that they stay fresh (`presenceFreshSeconds`). */
const heartbeatMs = 4000;

/** Writes this process's open players to `presence`: the whole of them each time, so a lost write mends itself. */
export class PresenceWriter {
  readonly #webProcessId = randomUUID();
  #written = '[]';
  #writtenAtMs = 0;

  constructor(private readonly db: Queryable) {}

  /** Writes when something changed or a heartbeat is due. */
  async write(
    viewersByStream: Map<string, number>,
    delaysByStream: Map<string, ObservedDelays> = new Map(),
  ): Promise<void> {
    const open = [...viewersByStream].sort().map(([streamId, viewers]) => {
      const { delaysMs, players } = delaysByStream.get(streamId) ?? { delaysMs: [], players: 0 };
      return { streamId, viewers, delaysMs, delayPlayers: players };
    });
    const state = JSON.stringify(open);
    const changed = state !== this.#written;
    if (!changed && (viewersByStream.size === 0 || Date.now() - this.#writtenAtMs < heartbeatMs)) {
      return;
    }
    // A stream that was deleted meanwhile is joined away: its foreign key would refuse all the others with it.
    await this.db.execute(sql`
      with now_open as (
        select stream.id as stream_id, "viewers", "delayPlayers",
          array(select json_array_elements_text("delaysMs")::int) as delays_ms
        from json_to_recordset(${state}::json)
          as open_player("streamId" text, "viewers" int, "delayPlayers" int, "delaysMs" json)
        join stream on stream.id = "streamId"
      ), gone as (
        delete from presence where web_process_id = ${this.#webProcessId}
          and stream_id not in (select stream_id from now_open)
      )
      insert into presence (web_process_id, stream_id, viewers, delays_ms, delay_players, updated_at)
      select ${this.#webProcessId}, stream_id, "viewers", delays_ms, "delayPlayers", now() from now_open
      on conflict (web_process_id, stream_id) do update set viewers = excluded.viewers,
        delays_ms = excluded.delays_ms, delay_players = excluded.delay_players, updated_at = excluded.updated_at`);
    this.#written = state;
    this.#writtenAtMs = Date.now();
    await this.db.delete(presence).where(lt(presence.updatedAt, sql`now() - interval '1 minute'`));
  }

  /** Takes this process's rows away. */
  async close(): Promise<void> {
    await this.db.delete(presence).where(eq(presence.webProcessId, this.#webProcessId));
  }
}
