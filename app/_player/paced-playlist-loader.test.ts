import { expect, test } from 'vitest';
import { everyOtherPart, withoutWaiting } from './paced-playlist-loader';

const plain = 'http://node/stream/s/~a.b-c_d/audio64/media.m3u8';
const blocking = `${plain}?_HLS_msn=12&_HLS_part=3&_HLS_skip=YES`;

test('a blocking reload waits for one part more, and for no other segment', () => {
  expect(everyOtherPart(blocking)).toBe(blocking.replace('_HLS_part=3', '_HLS_part=4'));
});

test('a playlist is asked for as it is by leaving out what to wait for, and that alone', () => {
  expect(withoutWaiting(blocking)).toBe(`${plain}?_HLS_skip=YES`);
  expect(withoutWaiting(`${plain}?_HLS_msn=12`)).toBe(plain);
});

test('a request without directives is left as it is', () => {
  expect(everyOtherPart(plain)).toBe(plain);
  expect(withoutWaiting(plain)).toBe(plain);
});
