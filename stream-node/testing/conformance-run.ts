import { readConfig } from '../config';
import { newId } from '../contract/ids';
import type { FrameRate, LatencyProfile } from '../contract/profiles';
import { MatroskaClock } from '../ingest/matroska-clock';
import { createLogger } from '../logger';
import { StreamNode } from '../session/stream-node';
import { makeTestMedia } from '../transcode/test-media';
import type { FetchedPlaylist } from './hls-validator';
import { PlaylistClient } from './playlist-client';
import { TestPublisher } from './test-publisher';
import { TestWeb, testNodeSecret } from './test-web';

export type ConformanceCase = {
  /** none: a stream of sound alone */
  frameRate?: FrameRate;
  profile: LatencyProfile;
  /** of each of the two sessions */
  seconds: number;
  /** chunks go out when they were captured, as a recorder sends them; else as fast as they are taken */
  isPaced: boolean;
};

/** All that clients of a stream were given in a run with an interruption. */
export type ConformanceRun = {
  /** by rendition, of clients by blocking reload: of full playlists, and of delta updates */
  readonly full: ReadonlyMap<string, readonly FetchedPlaylist[]>;
  readonly delta: ReadonlyMap<string, readonly FetchedPlaylist[]>;
  readonly multivariant: string;
  readonly mpd: { live: string; recorded: string };
  /** of every rendition: the media playlist of its recording, and what those who go back are given */
  readonly recorded: readonly string[];
  /** every init section and segment that was listed, by its path below the stream */
  readonly files: ReadonlyMap<string, Buffer>;
};

/** About 60 ms of the media, as long as a recorder's slice: in longer ones parts would come in steps of their own. */
const chunkBytes = 512;
const pollMs = 20;
const patienceMs = 60_000;

/**
 * A real stream at a real node: ffmpeg's media from a publisher that vanishes and comes back with another recorder session,
 * and then ends; followed by clients of every rendition.
 */
export async function runConformance(wanted: ConformanceCase, dataDir: string): Promise<ConformanceRun> {
  await using web = await TestWeb.start();
  const config = readConfig({
    ...{ ZYZZ_WEB_URL: web.url, ZYZZ_NODE_SECRET: testNodeSecret, ZYZZ_DATA_DIR: dataDir },
    ...{ STREAM_NODE_PORT: '0', STREAM_NODE_ENCODER_SLOTS: '4', LOG_LEVEL: 'silent' },
  });
  await using node = await StreamNode.start(config, createLogger({ level: config.logLevel }));
  await web.snapshotWhere(() => true);
  const streamId = newId('stream');
  const url = `${node.publicUrl}/stream/${streamId}`;
  const kind = wanted.frameRate === undefined ? 'audio' : 'video';
  await web.want({ streamId, kind, profile: wanted.profile });
  const media = await mediaOf(wanted);
  const grant = await web.grant(streamId, 'publish');

  await using first = await TestPublisher.connect(node.publicUrl);
  await send(first, { streamId, grant, agoSeconds: 3 * wanted.seconds }, media, wanted);
  const multivariant = await untilText(`${url}/index.m3u8`);
  const clients = renditionsIn(multivariant).map((id) => ({
    id,
    full: new PlaylistClient(`${url}/${id}/media.m3u8`, 'full'),
    delta: new PlaylistClient(`${url}/${id}/media.m3u8`, 'delta'),
  }));
  await first.next(({ type }) => type === 'ack');
  await untilListed(clients, wanted.seconds - 2.5);
  first.cut();
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'interrupted'));

  await using second = await TestPublisher.connect(node.publicUrl);
  await send(second, { streamId, grant, agoSeconds: wanted.seconds }, media, wanted);
  await untilListed(clients, 2 * wanted.seconds - 4);
  const live = await untilText(`${url}/manifest.mpd`);
  second.send({ type: 'finish', lastSequence: Math.ceil(media.byteLength / chunkBytes) - 1 });
  await second.next(({ type }) => type === 'finished');
  await web.want({ streamId, action: 'end' });
  await Promise.all(clients.flatMap(({ full, delta }) => [full.ended, delta.ended]));
  const recorded = await untilText(`${url}/manifest.mpd`);
  const full = new Map(clients.map((client) => [client.id, client.full.versions]));
  const recordings = clients.flatMap(({ id }) => [`${url}/${id}/recording.m3u8`, `${url}/${id}/dvr.m3u8`]);
  return {
    full,
    recorded: await Promise.all(recordings.map(untilText)),
    delta: new Map(clients.map((client) => [client.id, client.delta.versions])),
    multivariant,
    mpd: { live, recorded },
    files: await fetchFiles(url, full),
  };
}

async function mediaOf({ frameRate, seconds }: ConformanceCase): Promise<Buffer> {
  const rate = frameRate && `${frameRate.numerator}/${frameRate.denominator}`;
  return await makeTestMedia({
    ...(rate && { video: { codec: 'libvpx', size: '160x90', rate } }),
    ...{ audio: true, seconds },
  });
}

/** One recorder session; resolves once all of it is sent. `agoSeconds`: when it was captured, if that is not now. */
async function send(
  publisher: TestPublisher,
  { agoSeconds, ...who }: { streamId: string; grant: string; agoSeconds: number },
  media: Buffer,
  { frameRate, isPaced }: ConformanceCase,
): Promise<void> {
  const hasVideo = frameRate !== undefined;
  const answer = await publisher.hello({ ...who, recorderSession: newId('recorderSession'), hasVideo });
  if (answer.type !== 'welcome') {
    throw new Error(`the publisher was not let in: ${JSON.stringify(answer)}`);
  }
  publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
  const startedAtMs = Date.now() - (isPaced ? 0 : agoSeconds * 1000);
  const clock = new MatroskaClock();
  for (let sequence = 0; sequence * chunkBytes < media.byteLength; sequence += 1) {
    const bytes = media.subarray(sequence * chunkBytes, (sequence + 1) * chunkBytes);
    const { firstMs, newestMs } = clock.feed(bytes);
    if (isPaced) {
      const waitMs = startedAtMs + (newestMs ?? 0) - Date.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
    }
    publisher.chunk(sequence, startedAtMs + (firstMs ?? 0), bytes);
  }
}

function renditionsIn(multivariant: string): string[] {
  const uris = [...multivariant.matchAll(/^([a-z0-9-]+)\/media\.m3u8|URI="([a-z0-9-]+)\/media\.m3u8"/gm)];
  return [...new Set(uris.map(([, variant, rendition]) => variant ?? rendition ?? ''))];
}

/** Until every client of full playlists has been told of that much media, in seconds. */
async function untilListed(clients: readonly { full: PlaylistClient }[], seconds: number): Promise<void> {
  const listedSeconds = (text = '') =>
    [...text.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, duration]) => sum + Number(duration), 0);
  await until(`${seconds} s in every playlist`, async () =>
    clients.every(({ full }) => listedSeconds(full.versions.at(-1)?.text) >= seconds) ? true : null,
  );
}

async function untilText(url: string): Promise<string> {
  return await until(url, async () => {
    const response = await fetch(url);
    const text = await response.text();
    return response.ok ? text : null;
  });
}

async function until<Value>(what: string, probe: () => Promise<Value | null>): Promise<Value> {
  const giveUpAtMs = Date.now() + patienceMs;
  for (;;) {
    const value = await probe();
    if (value !== null) {
      return value;
    }
    if (Date.now() > giveUpAtMs) {
      throw new Error(`waited ${patienceMs / 1000} s in vain: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function fetchFiles(
  url: string,
  playlists: ReadonlyMap<string, readonly FetchedPlaylist[]>,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const [id, versions] of playlists) {
    const text = versions.at(-1)?.text ?? '';
    const names = [...text.matchAll(/^([^#\n].*)$|#EXT-X-MAP:URI="([^"]+)"/gm)].map(([, uri, map]) => uri ?? map ?? '');
    for (const name of names) {
      const response = await fetch(`${url}/${id}/${name}`);
      if (!response.ok) {
        throw new Error(`${id}/${name} is listed, and was answered with ${response.status}`);
      }
      files.set(`${id}/${name}`, Buffer.from(await response.arrayBuffer()));
    }
  }
  return files;
}
