/** One take of a recorded (or DVR) media playlist: its media as one MP4, and where it lies on the event clock. */
export type RecordedRun = { readonly startMs: number; readonly endMs: number; readonly mp4: Buffer };

/** Fetches a media playlist of byte ranges and everything it lists. */
export async function fetchRuns(playlistUrl: string): Promise<RecordedRun[]> {
  const text = await (await fetch(playlistUrl)).text();
  const runs: { startMs: number; endMs: number; pieces: Buffer[] }[] = [];
  let timeMs = 0;
  let range: string | undefined;
  for (const line of text.split('\n')) {
    const [, tag = '', value = ''] = /^#([A-Z-]+):?(.*)$/.exec(line) ?? [];
    if (tag === 'EXT-X-MAP') {
      const [, uri = '', bytes] = /URI="([^"]+)"(?:,BYTERANGE="([^"]+)")?/.exec(value) ?? [];
      runs.push({ startMs: Number.NaN, endMs: 0, pieces: [await fetchPiece(new URL(uri, playlistUrl), bytes)] });
    } else if (tag === 'EXT-X-PROGRAM-DATE-TIME') {
      timeMs = Date.parse(value);
    } else if (tag === 'EXTINF') {
      const run = runs.at(-1);
      if (run) {
        run.startMs = Number.isNaN(run.startMs) ? timeMs : run.startMs;
        run.endMs = timeMs + Number.parseFloat(value) * 1000;
      }
    } else if (tag === 'EXT-X-BYTERANGE') {
      range = value;
    } else if (tag === '' && line !== '') {
      runs.at(-1)?.pieces.push(await fetchPiece(new URL(line, playlistUrl), range));
      range = undefined;
    }
  }
  return runs.map(({ startMs, endMs, pieces }) => ({ startMs, endMs, mp4: Buffer.concat(pieces) }));
}

async function fetchPiece(url: URL, range: string | undefined): Promise<Buffer> {
  const [length = 0, offset = 0] = (range ?? '').split('@').map(Number);
  const headers = range === undefined ? undefined : { range: `bytes=${offset}-${offset + length - 1}` };
  const response = await fetch(url, headers && { headers });
  if (!response.ok) {
    throw new Error(`${url.pathname}: ${response.status}`);
  }
  return Buffer.from(await response.arrayBuffer());
}
