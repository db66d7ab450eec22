import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commentaryAudio, type Rendition, stereoAudio } from '../contract/ladder';
import { parseMediaPath } from '../contract/media-urls';
import { validateRecording } from '../testing/hls-validator';
import { readWithHlsParser, readWithM3u8Parser } from '../testing/parse-alike';
import { syntheticStartMs, syntheticVideo } from '../testing/synthetic-stream';
import { syntheticTake } from '../testing/synthetic-take';
import { multivariantPlaylist } from './multivariant-playlist';
import { recordedRuns } from './recorded-runs';
import { describeRecording, recordingPlaylist } from './recording-playlist';

const later = syntheticTake({ takeId: 'tak_later2345678', startedAtMs: syntheticStartMs + 60_000, segmentCount: 1 });
const earlier = syntheticTake();
const lowVideo: Rendition = { ...syntheticVideo, id: '240p', width: 426, height: 240, bitrate: 350_000 };

test('a recording joins its takes in event-clock order, every segment a byte range of its take', () => {
  expect(recordingPlaylist([later, earlier], '360p', { complete: true })).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="tak_synthetic234.mp4",BYTERANGE="700@0"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z
#EXTINF:2,
#EXT-X-BYTERANGE:1000@700
tak_synthetic234.mp4
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:22.000Z
#EXTINF:2,
#EXT-X-BYTERANGE:1000@1700
tak_synthetic234.mp4
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="tak_later2345678.mp4",BYTERANGE="700@0"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:14:20.000Z
#EXTINF:2,
#EXT-X-BYTERANGE:1000@700
tak_later2345678.mp4
#EXT-X-ENDLIST
`);
});

test('while more may come it is an event playlist without an end, and its target duration is the live one', () => {
  const text = recordingPlaylist([syntheticTake({ segmentSeconds: 0.5 })], '360p', { complete: false });
  expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT\n');
  expect(text).toContain('#EXT-X-TARGETDURATION:2\n');
  expect(text).not.toContain('ENDLIST');
});

test('the target duration covers the longest segment of any rendition', () => {
  const text = recordingPlaylist([earlier, syntheticTake({ segmentSeconds: 3.4 })], '360p', { complete: true });
  expect(text).toContain('#EXT-X-TARGETDURATION:3\n');
});

test('a take without the rendition lends its nearest one of the same kind', () => {
  const small = syntheticTake({
    takeId: 'tak_small2345678',
    startedAtMs: syntheticStartMs + 60_000,
    renditions: [lowVideo, commentaryAudio],
  });
  const text = recordingPlaylist([earlier, small], '360p', { complete: true });
  expect(text).toContain('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="../240p/tak_small2345678.mp4",BYTERANGE="700@0"\n');
  expect(text?.match(/EXTINF/g)).toHaveLength(4);
});

test('what a later take fills in of one rendition changes nothing in the order of the others', () => {
  const torn = syntheticTake({ takeId: 'tak_torn23456789', renditions: [syntheticVideo], segmentCount: 1 });
  const { segments, ...facts } = syntheticTake();
  // It comes first by its id, and by its sound.
  const remade = {
    ...facts,
    segments: segments.filter((each) => each.renditionId !== '360p' || each.mediaSequence > 0),
  };
  const listed = recordingPlaylist([remade, torn], '360p', { complete: true });
  expect(listed?.match(/^tak_.*/gm)).toEqual(['tak_torn23456789.mp4', 'tak_synthetic234.mp4']);
});

test('a take lends nothing that another take of its session has itself, for what is remade is cut elsewhere', () => {
  const torn = syntheticTake({
    takeId: 'tak_torn23456789',
    renditions: [syntheticVideo, stereoAudio],
    segmentCount: 1,
  });
  const remade = syntheticTake({ renditions: [commentaryAudio], segmentCount: 1, segmentSeconds: 3 });
  const text = recordingPlaylist([torn, remade, later], 'audio64', { complete: true });
  expect(text?.match(/^#EXTINF.*|^tak_.*/gm)).toEqual([
    '#EXTINF:3,',
    'tak_synthetic234.mp4',
    '#EXTINF:2,',
    'tak_later2345678.mp4',
  ]);
});

test('a rendition that no take has is no playlist, and no takes are no renditions', () => {
  expect(recordingPlaylist([earlier], '999p', { complete: true })).toBeUndefined();
  expect(recordingPlaylist([syntheticTake({ segmentCount: 0 })], '360p', { complete: true })).toBeUndefined();
  expect(describeRecording([])).toEqual([]);
});

test('the multivariant playlist of a recording has the bandwidth that was measured', () => {
  const take = syntheticTake({ renditions: [syntheticVideo, stereoAudio, commentaryAudio] });
  expect(multivariantPlaylist(describeRecording([take]))).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Commentary",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio128/recording.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Commentary, 64 kbit/s",DEFAULT=NO,AUTOSELECT=NO,CHANNELS="1",URI="audio64/recording.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=8000,AVERAGE-BANDWIDTH=8000,CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=30.000,AUDIO="audio"
360p/recording.m3u8
`);
});

test('two parsers read a recording alike, and its files have names that the origin takes', () => {
  const text = recordingPlaylist([earlier, later], 'audio64', { complete: true }) ?? '';
  const read = readWithHlsParser(text);
  expect(read).toEqual(readWithM3u8Parser(text));
  for (const { uri } of read.segments) {
    expect(parseMediaPath(`/stream/str_synthetic234/audio64/${uri}`)).not.toBeNull();
  }
});

test('the playlist of two hours in five renditions costs less than 50 ms', () => {
  const renditions = [syntheticVideo, lowVideo, { ...lowVideo, id: '144p' }, stereoAudio, commentaryAudio];
  const take = syntheticTake({ renditions, segmentCount: 3600 });
  // Time on the processor, the best of a few: what else runs on the machine does not count.
  const costsMs = Array.from({ length: 8 }, () => {
    const before = process.cpuUsage();
    recordingPlaylist([take], '360p', { complete: true });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  expect(Math.min(...costsMs)).toBeLessThan(50);
});

test('a stretch that two takes hold is listed once, and what a later take heals lies in its place', () => {
  const twice = syntheticTake({ takeId: 'tak_twice2345678', startedAtMs: syntheticStartMs + 2000, segmentCount: 2 });
  const text = recordingPlaylist([later, twice, earlier], '360p', { complete: false, healing: true });
  const dates = [...(text?.matchAll(/DATE-TIME:.*T22:(\S+)Z/g) ?? [])].map(([, time]) => time);
  expect(dates).toEqual(['13:20.000', '13:22.000', '13:24.000', '14:20.000']);
  expect(text?.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(2);
  expect(text).not.toContain('PLAYLIST-TYPE');
});

test('a take that begins just before the one before it ends is kept whole, and its time goes on from there, and back to its own', () => {
  const overlapping = { takeId: 'tak_overlap23456', startedAtMs: syntheticStartMs + 3850, segmentCount: 2 };
  const takes = [syntheticTake(overlapping), later, earlier];
  for (const options of [{ complete: true }, { complete: false, healing: true }, { complete: true, joined: true }]) {
    const text = recordingPlaylist(takes, 'audio64', options) ?? '';
    expect(validateRecording(text), text).toEqual([]);
    const seconds = [...text.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, value]) => sum + Number(value), 0);
    expect(seconds).toBe(10);
  }
  const text = recordingPlaylist(takes, '360p', { complete: true });
  const dates = [...(text?.matchAll(/DATE-TIME:.*T22:(\S+)Z/g) ?? [])].map(([, time]) => time);
  expect(dates).toEqual(['13:20.000', '13:22.000', '13:24.000', '13:25.998', '14:20.000']);
  const long = recordedRuns([earlier, syntheticTake({ ...overlapping, segmentCount: 80 })], '360p')[1]?.segments ?? [];
  const lateMs = long.map(({ programDateTimeMs }, index) => programDateTimeMs - overlapping.startedAtMs - index * 2000);
  expect([lateMs[0], lateMs[1], lateMs[74], lateMs[75], lateMs[79]]).toEqual([150, 148, 2, 0, 0]);
});

test('whatever takes there are, and however they overlap, no time in a playlist steps back and no segment is listed twice', () => {
  const take = fc.record({
    startMs: fc.integer({ min: 0, max: 90_000 }),
    segmentCount: fc.integer({ min: 0, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(take, { minLength: 1, maxLength: 8 }), fc.boolean(), (wanted, joined) => {
      const takes = wanted.map(({ startMs, segmentCount }, index) =>
        syntheticTake({ takeId: `tak_property2345${index}`, startedAtMs: syntheticStartMs + startMs, segmentCount }),
      );
      const text = recordingPlaylist(takes, 'audio64', { complete: true, joined });
      if (text !== undefined) {
        expect(validateRecording(text)).toEqual([]);
        const ranges = text.match(/^#EXT-X-BYTERANGE.*\n.*$/gm) ?? [];
        expect(new Set(ranges).size).toBe(ranges.length);
      }
    }),
  );
});

test('in thin-data mode three segments are one byte range, and what is left over comes once the take is closed', () => {
  const growing = syntheticTake({ segmentCount: 5, closed: false });
  const listed = (take: typeof growing, complete: boolean) =>
    recordingPlaylist([take], 'audio64', { complete, joined: true })?.match(/^#EXT(?:INF|-X-BYTERANGE|-X-TARGET).*/gm);
  expect(listed(growing, false)).toEqual(['#EXT-X-TARGETDURATION:6', '#EXTINF:6,', '#EXT-X-BYTERANGE:3000@700']);
  expect(listed({ ...growing, closed: true }, true)).toEqual([
    '#EXT-X-TARGETDURATION:6',
    '#EXTINF:6,',
    '#EXT-X-BYTERANGE:3000@700',
    '#EXTINF:4,',
    '#EXT-X-BYTERANGE:2000@3700',
  ]);
});

test('only what lies in a row in its file is joined, where a stretch was recorded twice', () => {
  const twice = syntheticTake({ takeId: 'tak_twice2345678', startedAtMs: syntheticStartMs + 2000, segmentCount: 4 });
  const listed = recordingPlaylist([twice, earlier], 'audio64', { complete: true, joined: true });
  expect(listed?.match(/^#EXTINF.*|^#EXT-X-BYTERANGE.*/gm)).toEqual([
    ...['#EXTINF:4,', '#EXT-X-BYTERANGE:2000@700'],
    ...['#EXTINF:6,', '#EXT-X-BYTERANGE:3000@1700'],
  ]);
});
