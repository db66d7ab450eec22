import { expect, test } from 'vitest';
import { readWithHlsParser, readWithM3u8Parser } from '../testing/parse-alike';
import { type ListedSegment, piecePlaylist } from './piece-playlist';

function segment(sequence: number, durationSeconds: number, isDiscontinuous = false): ListedSegment {
  return { sequence, durationSeconds, isDiscontinuous, url: `http://node.example/stream/str_x/pieces/${sequence}.ts` };
}

const whole = {
  segments: [segment(0, 5.172), segment(1, 5.00004), segment(3, 4.2, true)],
  ...{ mediaSequence: 0, discontinuitySequence: 0, longestSeconds: 5.172, hasEnded: false, isVideoOnDemand: false },
};

test('one EXTINF of four decimals and one absolute URL for each piece, under a target no shorter than any', () => {
  expect(piecePlaylist(whole)).toBe(
    [
      ...['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:6', '#EXT-X-MEDIA-SEQUENCE:0'],
      ...['#EXTINF:5.1720,', 'http://node.example/stream/str_x/pieces/0.ts'],
      ...['#EXTINF:5.0000,', 'http://node.example/stream/str_x/pieces/1.ts'],
      ...['#EXT-X-DISCONTINUITY', '#EXTINF:4.2000,', 'http://node.example/stream/str_x/pieces/3.ts', ''],
    ].join('\n'),
  );
});

test.each([
  ['live', whole],
  ['ended', { ...whole, hasEnded: true, isVideoOnDemand: true }],
  ['a window that begins at a discontinuity', { ...whole, segments: [segment(3, 4.2, true)], mediaSequence: 2 }],
])('two independent parsers read it alike: %s', (_what, options) => {
  const text = piecePlaylist(options);
  const read = readWithHlsParser(text);
  expect(readWithM3u8Parser(text)).toEqual(read);
  expect(read.segments.map(({ uri }) => uri)).toEqual(options.segments.map(({ url }) => url));
  expect(read.ended).toBe(options.hasEnded);
});
