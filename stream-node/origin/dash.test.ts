import { expect, test } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { readMpd } from '../testing/listed-mpd';
import { OriginServer } from '../testing/origin-server';
import { SyntheticStream, syntheticVideo } from '../testing/synthetic-stream';

const base = '/stream/str_synthetic234/';
const renditions = [syntheticVideo, commentaryAudio];

/** Every URL of an MPD, resolved against its own. */
function urlsOf(mpdPath: string, text: string): string[] {
  const { periods } = readMpd(text);
  const representations = periods.flatMap((period) => period.representations);
  const uris = representations.flatMap(({ initUri, segments }) => [initUri, ...segments.map(({ uri }) => uri)]);
  return uris.map((uri) => new URL(uri, `http://node${mpdPath}`).pathname);
}

test('the live MPD, and all that it lists, across a break', async () => {
  using stream = new SyntheticStream({ renditions });
  stream.publishSegments(3);
  stream.startSession(4000);
  stream.publishSegments(2);
  await using server = await OriginServer.start([stream]);
  const { status, headers, text } = await server.ask(`${base}manifest.mpd`);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'application/dash+xml',
    'cache-control': 'public, max-age=0, s-maxage=1, must-revalidate',
  });
  expect(readMpd(text).periods).toHaveLength(2);
  const urls = urlsOf(`${base}manifest.mpd`, text);
  expect(urls.length).toBeGreaterThan(10);
  for (const url of urls) {
    expect([url, (await server.ask(url)).status]).toEqual([url, 200]);
  }
  const location = new URL(readMpd(text).location ?? '', `http://node${base}manifest.mpd`).pathname;
  expect((await server.ask(location)).status).toBe(200);
});

test('an MPD that is asked for before the first segments are whole is held until they are', async () => {
  using stream = new SyntheticStream({ renditions });
  stream.publishParts(1);
  await using server = await OriginServer.start([stream]);
  const held = server.ask(`${base}manifest.mpd`);
  await server.untilWaiting(2);
  stream.publishSegments(1);
  const { status, text } = await held;
  expect(status).toBe(200);
  expect(readMpd(text).periods[0]?.representations).toHaveLength(2);
});

test('a player of DASH counts as a viewer', async () => {
  using stream = new SyntheticStream({ renditions });
  stream.publishSegments(2);
  await using server = await OriginServer.start([stream]);
  await server.ask(`${base}manifest.mpd`);
  expect(server.origin.foreignViewers(stream.streamId)).toBe(1);
});
