import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { StreamPackager } from '../packager/stream-packager';
import { scenario } from '../packager/synthetic-scenario';
import { SyntheticSessions } from '../packager/synthetic-sessions';
import { readWithHlsParser, readWithM3u8Parser } from '../testing/parse-alike';
import { SyntheticStream, syntheticStartMs } from '../testing/synthetic-stream';
import { joinedTargetSeconds, membersOf, nextJoinedEnd, thinPlaylist } from './thin-playlist';

function printed(stream: SyntheticStream): string | undefined {
  const snapshot = stream.window(commentaryAudio.id)?.snapshot();
  return snapshot && thinPlaylist(snapshot);
}

test('three segments are one, listed once the third is whole', () => {
  using stream = new SyntheticStream({ renditions: [commentaryAudio] });
  stream.publishParts(11);
  expect(printed(stream)).toBeUndefined();
  const nextEnd = () => {
    const snapshot = stream.window(commentaryAudio.id)?.snapshot();
    return snapshot && nextJoinedEnd(snapshot);
  };
  expect(nextEnd()).toBe(2);
  stream.publishParts(1);
  expect(printed(stream)).toBe(`#EXTM3U
#EXT-X-VERSION:8
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="r-s0-init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z
#EXTINF:6.144,
r-s0-0-x3.m4s
`);
  expect(nextEnd()).toBe(5);
});

test('what a session leaves over is listed when the next one begins, whose grid is its own', () => {
  using stream = new SyntheticStream({ renditions: [commentaryAudio], dvrWindowSeconds: 60 });
  stream.publishSegments(5);
  stream.startSession(1000);
  expect(printed(stream)).not.toContain('r-s0-3-x');
  stream.publishSegments(4);
  const lines = printed(stream)?.split('\n') ?? [];
  expect(lines.filter((line) => line.endsWith('.m4s'))).toEqual(['r-s0-0-x3.m4s', 'r-s0-3-x2.m4s', 'r-s1-5-x3.m4s']);
  expect(lines.filter((line) => line === '#EXT-X-DISCONTINUITY')).toHaveLength(1);
});

test.each([
  ['p-s0-12-x3.m4s', ['p-s0-12.m4s', 'p-s0-13.m4s', 'p-s0-14.m4s']],
  ['p-s0-12-x1.m4s', ['p-s0-12.m4s']],
  ['p-s0-12-x4.m4s', undefined],
  ['p-s0-12-x0.m4s', undefined],
  ['p-s0-12.m4s', undefined],
])('%s is made of %o', (name, members) => {
  expect(membersOf(name)).toEqual(members);
});

test('whatever comes in, a joined segment never changes, numbers go on by one, and all of it can be fetched', () => {
  fc.assert(
    fc.property(scenario, ({ stream, sessions, dvrWindowSeconds, windowBytesMax, ends }) => {
      const { renditions, cut } = stream;
      using packager = new StreamPackager({ cut, renditions, dvrWindowSeconds, windowBytesMax, uriPrefix: 'p' });
      const window = packager.window(commentaryAudio.id);
      const numberOf = new Map<string, number>();
      const nameOf = new Map<number, string>();
      let lastNumber = -1;
      const check = () => {
        const text = window && thinPlaylist(window.snapshot());
        if (text === undefined) {
          return;
        }
        const playlist = readWithHlsParser(text);
        expect(readWithM3u8Parser(text)).toEqual(playlist);
        const gaps = text.split('#EXT-X-GAP').length - 1;
        let fetched = 0;
        for (const [index, { uri, durationSeconds }] of playlist.segments.entries()) {
          const number = (playlist.mediaSequence ?? 0) + index;
          expect(numberOf.get(uri) ?? number, uri).toBe(number);
          expect(nameOf.get(number) ?? uri).toBe(uri);
          numberOf.set(uri, number);
          nameOf.set(number, uri);
          expect(Math.round(durationSeconds)).toBeLessThanOrEqual(joinedTargetSeconds(cut));
          fetched += membersOf(uri)?.every((member) => window?.segmentBytes(member) !== undefined) ? 1 : 0;
        }
        expect(fetched).toBe(playlist.segments.length - gaps);
        const newest = (playlist.mediaSequence ?? 0) + playlist.segments.length - 1;
        expect(newest).toBeGreaterThanOrEqual(lastNumber);
        lastNumber = newest;
      };
      packager.on('segment', check);
      const begun = new SyntheticSessions(packager, stream, syntheticStartMs);
      for (const run of sessions) {
        for (const { rendition, fragment } of begun.begin(run).arrivals) {
          if (fragment.kind === 'init') {
            packager.pushInit(rendition.id, fragment);
          } else {
            packager.pushFragment(rendition.id, fragment);
          }
        }
      }
      if (ends) {
        packager.end();
        check();
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
}, 30_000);
