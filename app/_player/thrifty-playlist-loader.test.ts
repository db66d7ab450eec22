import { expect, test } from 'vitest';
import { everyOtherPart } from './thrifty-playlist-loader';

test('a blocking reload waits for one part more, and for no other segment', () => {
  const url = 'http://node/stream/s/audio64/media.m3u8?_HLS_msn=12&_HLS_part=3&_HLS_skip=YES';
  expect(everyOtherPart(url)).toBe(url.replace('_HLS_part=3', '_HLS_part=4'));
});

test('a request without directives is left as it is', () => {
  const url = 'http://node/stream/s/audio64/media.m3u8';
  expect(everyOtherPart(url)).toBe(url);
});
