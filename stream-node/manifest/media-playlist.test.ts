import { expect, test } from 'vitest';
import { commentaryAudio, stereoAudio } from '../contract/ladder';
import type { RenditionSnapshot } from '../packager/media-types';
import { readWithHlsParser, readWithM3u8Parser } from '../testing/parse-alike';
import { SyntheticStream, syntheticVideo } from '../testing/synthetic-stream';
import { mediaPlaylist } from './media-playlist';
import { renditionReports } from './rendition-report';

function snapshotOf(stream: SyntheticStream, rendition: string): RenditionSnapshot {
  const snapshot = stream.window(rendition)?.snapshot();
  if (snapshot === undefined) {
    throw new Error(`no rendition ${rendition}`);
  }
  return snapshot;
}

test('the playlist of an open segment lists its parts, the hint and the other renditions', () => {
  const stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio] });
  stream.publishParts(8);
  const reports = renditionReports('360p', [snapshotOf(stream, '360p'), snapshotOf(stream, 'audio128')]);
  expect(mediaPlaylist(snapshotOf(stream, '360p'), reports)).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,HOLD-BACK=6,PART-HOLD-BACK=1.026
#EXT-X-PART-INF:PART-TARGET=0.342
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="r-s0-init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z
#EXT-X-PART:DURATION=0.33333,URI="r-s0-0.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.33333,URI="r-s0-0.1.m4s"
#EXT-X-PART:DURATION=0.33333,URI="r-s0-0.2.m4s"
#EXT-X-PART:DURATION=0.33333,URI="r-s0-0.3.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.33333,URI="r-s0-0.4.m4s"
#EXT-X-PART:DURATION=0.33333,URI="r-s0-0.5.m4s"
#EXTINF:2,
r-s0-0.m4s
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:22.000Z
#EXT-X-PART:DURATION=0.33333,URI="r-s0-1.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.33333,URI="r-s0-1.1.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="r-s0-1.2.m4s"
#EXT-X-RENDITION-REPORT:URI="../audio128/media.m3u8",LAST-MSN=1,LAST-PART=0
`);
});

test('after a break a discontinuity, the new init section and the jump of time come before the first part', () => {
  const stream = new SyntheticStream({ renditions: [commentaryAudio] });
  stream.publishParts(2);
  stream.startSession(60_000);
  stream.publishParts(1);
  stream.end();
  expect(mediaPlaylist(snapshotOf(stream, 'audio64'), [])).toBe(`#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,HOLD-BACK=6,PART-HOLD-BACK=1.536
#EXT-X-PART-INF:PART-TARGET=0.512
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="r-s0-init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z
#EXT-X-PART:DURATION=0.512,URI="r-s0-0.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.512,URI="r-s0-0.1.m4s",INDEPENDENT=YES
#EXTINF:1.024,
r-s0-0.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="r-s1-init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:14:21.024Z
#EXT-X-PART:DURATION=0.512,URI="r-s1-1.0.m4s",INDEPENDENT=YES
#EXTINF:0.512,
r-s1-1.m4s
#EXT-X-ENDLIST
`);
});

test('parts are listed for the last three target durations and no further back', () => {
  const stream = new SyntheticStream();
  stream.publishParts(6 * 6 + 1);
  const text = mediaPlaylist(snapshotOf(stream, '360p'), []);
  expect(text).not.toContain('URI="r-s0-2.5.m4s"');
  expect(text).toContain('URI="r-s0-3.0.m4s"');
  expect(text).toContain('\nr-s0-2.m4s\n');
});

test('a delta skips what is older than CAN-SKIP-UNTIL, and repeats the init section', () => {
  const stream = new SyntheticStream({ dvrWindowSeconds: 60 });
  stream.publishParts(20 * 6 + 1);
  const snapshot = snapshotOf(stream, '360p');
  const full = mediaPlaylist(snapshot, []).split('\n');
  const delta = mediaPlaylist(snapshot, [], 'delta').split('\n');
  expect(delta.slice(7, 12)).toEqual([
    '#EXT-X-SKIP:SKIPPED-SEGMENTS=14',
    '#EXT-X-MAP:URI="r-s0-init.mp4"',
    '#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:48.000Z',
    '#EXTINF:2,',
    'r-s0-14.m4s',
  ]);
  expect(delta.slice(12)).toEqual(full.slice(full.indexOf('r-s0-14.m4s') + 1));
});

test('a delta of a short window or of an ended stream is the full playlist', () => {
  const stream = new SyntheticStream({ dvrWindowSeconds: 60 });
  stream.publishSegments(5);
  const short = snapshotOf(stream, '360p');
  expect(mediaPlaylist(short, [], 'delta')).toBe(mediaPlaylist(short, []));
  stream.publishSegments(20);
  stream.end();
  const ended = snapshotOf(stream, '360p');
  expect(mediaPlaylist(ended, [], 'delta')).toBe(mediaPlaylist(ended, []));
});

test('the discontinuity sequence counts discontinuities that left the window', () => {
  const stream = new SyntheticStream({ dvrWindowSeconds: 6 });
  stream.publishSegments(1);
  stream.startSession();
  stream.publishSegments(6);
  expect(mediaPlaylist(snapshotOf(stream, '360p'), [])).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:1\n');
});

test('media that is absent is a gap, in the place and time of the rendition that has it', () => {
  const stream = new SyntheticStream();
  stream.publishParts(7);
  const snapshot = snapshotOf(stream, '360p');
  const segments = snapshot.segments.map((segment) =>
    segment.closed ? { ...segment, gap: true as const, parts: [], uri: 'gap.m4s' } : segment,
  );
  const text = mediaPlaylist({ ...snapshot, segments }, []);
  expect(text).toContain(
    '#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z\n#EXT-X-GAP\n#EXTINF:2,\ngap.m4s\n#EXT-X-MAP',
  );
});

test('two parsers read every state of a live playlist alike', () => {
  const stream = new SyntheticStream({ renditions: [syntheticVideo, stereoAudio, commentaryAudio] });
  const states = [7, 6, 30, 1, 50];
  for (const parts of states) {
    stream.publishParts(parts);
    for (const id of stream.renditions) {
      const all = stream.renditions.map((each) => snapshotOf(stream, each));
      const text = mediaPlaylist(snapshotOf(stream, id), renditionReports(id, all));
      expect(readWithHlsParser(text)).toEqual(readWithM3u8Parser(text));
    }
    stream.startSession(3000);
  }
});
