import { types } from 'hls-parser';
import { expect, test } from 'vitest';
import { commentaryAudio, type Rendition, stereoAudio } from '../contract/ladder';
import { parseStrictly, readManifest } from '../testing/parse-alike';
import { SyntheticStream, syntheticVideo } from '../testing/synthetic-stream';
import { commentaryPlaylist, describeLive, multivariantPlaylist } from './multivariant-playlist';

const hd: Rendition = {
  kind: 'video',
  id: '720p',
  width: 1280,
  height: 720,
  frameRate: { numerator: 30, denominator: 1 },
  bitrate: 2_500_000,
};

function describe(renditions: readonly Rendition[], options: { parts: number; partBytes?: number }) {
  const stream = new SyntheticStream({ renditions, partBytes: options.partBytes });
  stream.publishParts(options.parts);
  return renditions.flatMap(({ id }) => {
    const snapshot = stream.window(id)?.snapshot();
    return (snapshot && describeLive(snapshot)) ?? [];
  });
}

test('video variants stand best first with the stereo sound, and the commentary for a thin line may be chosen', () => {
  const described = describe([commentaryAudio, syntheticVideo, hd, stereoAudio], { parts: 3 });
  expect(multivariantPlaylist(described)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Commentary",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio128/media.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Commentary, 64 kbit/s",DEFAULT=NO,AUTOSELECT=NO,CHANNELS="1",URI="audio64/media.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2890800,AVERAGE-BANDWIDTH=2628000,CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=30.000,AUDIO="audio"
720p/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=910800,AVERAGE-BANDWIDTH=828000,CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000,AUDIO="audio"
360p/media.m3u8
`);
});

test('an audio-only stream, and the commentary playlist of any stream, has the commentary alone', () => {
  const text = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=70400,AVERAGE-BANDWIDTH=64000,CODECS="mp4a.40.2"
audio64/media.m3u8
`;
  expect(multivariantPlaylist(describe([commentaryAudio], { parts: 1 }))).toBe(text);
  expect(commentaryPlaylist(describe([syntheticVideo, stereoAudio, commentaryAudio], { parts: 3 }))).toBe(text);
});

test('a picture without sound has no audio group', () => {
  const text = multivariantPlaylist(describe([syntheticVideo], { parts: 1 }));
  expect(text).not.toContain('AUDIO');
  expect(text).toContain('CODECS="avc1.4d401e",RESOLUTION=640x360');
});

test('bandwidth is measured once segments are closed: the average as it is, the peak never below what was declared', () => {
  const [calm] = describe([syntheticVideo], { parts: 13, partBytes: 10_000 });
  expect(calm?.bandwidth).toEqual({ average: 240_000, peak: 770_000 });
  const [busy] = describe([syntheticVideo], { parts: 13, partBytes: 50_000 });
  expect(busy?.bandwidth).toEqual({ average: 1_200_000, peak: 1_200_000 });
});

test('a rendition that has published nothing is left out', () => {
  expect(describe([syntheticVideo], { parts: 0 })).toEqual([]);
});

test('two parsers read the multivariant playlist alike', () => {
  const text = multivariantPlaylist(describe([hd, syntheticVideo, stereoAudio, commentaryAudio], { parts: 9 }));
  const one = parseStrictly(text);
  const other = readManifest(text);
  if (!(one instanceof types.MasterPlaylist)) {
    throw new Error('a multivariant playlist was expected');
  }
  expect(
    one.variants.map(({ uri, bandwidth, averageBandwidth, codecs, resolution, frameRate, audio }) => ({
      uri,
      bandwidth,
      averageBandwidth,
      codecs,
      resolution: resolution && { width: resolution.width, height: resolution.height },
      frameRate,
      audio: audio[0]?.groupId,
    })),
  ).toEqual(
    other.playlists?.map(({ uri, attributes }) => ({
      uri,
      bandwidth: attributes.BANDWIDTH,
      averageBandwidth: Number(attributes['AVERAGE-BANDWIDTH']),
      codecs: attributes.CODECS,
      resolution: attributes.RESOLUTION,
      frameRate: attributes['FRAME-RATE'],
      audio: attributes.AUDIO,
    })),
  );
  expect(other.mediaGroups?.AUDIO?.audio?.Commentary).toMatchObject({ default: true, uri: 'audio128/media.m3u8' });
});
