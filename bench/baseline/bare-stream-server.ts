import http from 'node:http';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';

/**
 * The baseline of `api` and `redirect`: a bare server that answers `/api/stream/:id/` with the product's own bytes, from one prepared query
 * and nothing else: no routes, no limits, no sign-in, no checks. A child of the benchmark: it is told the database's URL, tells
 * its port, and ends with its parent.
 */
const databaseUrl = await new Promise<string>((resolve) => process.once('message', (url) => resolve(String(url))));
const sql = postgres(databaseUrl, { max: 10 });

const time = (value: Date | null) => (value === null ? '0001-01-01T00:00:00Z' : `${value.toISOString().slice(0, 19)}Z`);

async function streamOf(id: string): Promise<unknown> {
  const [row] = await sql`
    select s.*, u.key as owner_key, e.key as event_key, n.key as node_key, n.public_url,
      n.snapshot ->> 'socketDirectory' as socket_directory,
      coalesce((
        select sum(p.viewers) from presence p
        where p.stream_id = s.id and p.updated_at > now() - interval '10 seconds'
      ), 0) as viewers
    from stream s
    join "user" u on u.id = s.owner_id
    join event e on e.id = s.event_id
    left join node n on n.id = s.node_id
    where s.id = ${id} and s.visibility = 'public'
  `;
  if (row === undefined) {
    return null;
  }
  const folder = `${row.public_url}/stream/${row.id}`;
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description,
    created_at: time(row.created_at),
    started_at: time(row.started_at),
    ended_at: time(row.ended_at),
    status: 0,
    state: row.state,
    reason: row.reason ?? '',
    endpoint: `${folder}/`,
    subscriber_count: Number(row.viewers),
    creator_id: row.owner_key,
    stream_server_id: row.node_key,
    event_id: row.event_key,
    transport_url: row.socket_directory === null ? '' : `ipc://${row.socket_directory}/${row.id}`,
    kind: row.kind,
    language: row.language,
    record: row.record,
    visibility: row.visibility,
    playback: { hls: `${folder}/index.m3u8`, dash: `${folder}/manifest.mpd`, audio: `${folder}/audio.m3u8` },
  };
}

const server = http.createServer(async (request, response) => {
  if (request.url === '/nothing') {
    // What a client sees of the machine and of itself.
    response.writeHead(302, { location: '/' });
    response.end();
    return;
  }
  const data = await streamOf((request.url ?? '').split('/')[3] ?? '');
  const body = JSON.stringify({ error: '', data });
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
});

process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
