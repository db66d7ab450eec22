import { describe, expect, test } from 'vitest';
import { SyntheticStream } from '../testing/synthetic-stream';
import { decideReload, type Position, readDirectives } from './blocking-reload';

/** Segment 0 is closed with six parts, segment 1 is open with two. */
function snapshotAt(parts: number, end = false) {
  using stream = new SyntheticStream();
  stream.publishParts(parts);
  if (end) {
    stream.end();
  }
  const snapshot = stream.window('360p')?.snapshot();
  if (!snapshot) {
    throw new Error('no window');
  }
  return snapshot;
}

describe('readDirectives', () => {
  const read = (query: string) => readDirectives(new URLSearchParams(query));

  test.each([
    ['', { position: undefined, skip: false }],
    ['_HLS_msn=7', { position: { mediaSequence: 7 }, skip: false }],
    ['_HLS_msn=7&_HLS_part=0&_HLS_skip=YES', { position: { mediaSequence: 7, partIndex: 0 }, skip: true }],
    ['_HLS_skip=v2', { position: undefined, skip: true }],
    ['_HLS_skip=maybe&cache=1', { position: undefined, skip: false }],
  ])('%j is understood', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  test.each([
    '_HLS_part=1',
    '_HLS_part=1&_HLS_skip=YES',
    '_HLS_msn=-1',
    '_HLS_msn=',
    '_HLS_msn=1.5',
    '_HLS_msn=1e3',
    '_HLS_msn=0x10',
    '_HLS_msn=abc',
    '_HLS_msn=%00',
    '_HLS_msn=9999999999999999999',
    '_HLS_msn=1&_HLS_part=-1',
    '_HLS_msn=1&_HLS_part=',
    '_HLS_msn=1&_HLS_part=x',
    '_HLS_msn=1&_HLS_msn=2',
    '_HLS_msn=1&_HLS_part=1&_HLS_part=2',
  ])('%j is refused, and the reason names the directive', (query) => {
    expect(read(query)).toEqual({ error: expect.stringMatching(/^_HLS_(msn|part)/) });
  });
});

describe('decideReload', () => {
  const decide = (mediaSequence: number, partIndex?: number, parts = 8) =>
    decideReload(snapshotAt(parts), { mediaSequence, partIndex });

  test('without a position the playlist is ready', () => {
    expect(decideReload(snapshotAt(8), undefined)).toEqual({ kind: 'ready' });
  });

  test.each([0, 1, 5, 6])(
    'without a position a playlist of %i parts and no whole segment is worth waiting for',
    (parts) => {
      const position: Position = { mediaSequence: 0 };
      expect(decideReload(snapshotAt(parts), undefined)).toEqual({ kind: 'hold', position });
      expect(decideReload(snapshotAt(parts), { mediaSequence: 0, partIndex: 0 }).kind).toBe(
        parts === 0 ? 'hold' : 'ready',
      );
    },
  );

  test('what is published, and what fell out of the window long ago, is ready', () => {
    expect(decide(0)).toEqual({ kind: 'ready' });
    expect(decide(0, 5)).toEqual({ kind: 'ready' });
    expect(decide(0, 99)).toEqual({ kind: 'ready' });
    expect(decide(1, 1)).toEqual({ kind: 'ready' });
    expect(decide(0, 0, 100)).toEqual({ kind: 'ready' });
  });

  test('a whole segment is waited for until it is closed, even where the next part is hinted as the next segment', () => {
    expect(decide(1)).toEqual({ kind: 'hold', position: { mediaSequence: 1, partIndex: undefined } });
    expect(decide(1, undefined, 12)).toMatchObject({ kind: 'hold' });
    expect(decide(1, undefined, 13)).toEqual({ kind: 'ready' });
  });

  test('the next part is waited for', () => {
    expect(decide(1, 2)).toEqual({ kind: 'hold', position: { mediaSequence: 1, partIndex: 2 } });
  });

  test('a part past the end of a finished segment is part 0 of the next', () => {
    const nextSegment = { kind: 'hold', position: { mediaSequence: 2, partIndex: 0 } };
    expect(decide(1, 6, 12)).toEqual(nextSegment);
    expect(decide(1, 40, 12)).toEqual(nextSegment);
  });

  test('more than two segments ahead is refused, two are not', () => {
    expect(decide(3)).toMatchObject({ kind: 'hold' });
    expect(decide(4)).toEqual({ kind: 'bad', error: expect.stringContaining('_HLS_msn') });
    expect(decide(999_999_999_999)).toMatchObject({ kind: 'bad' });
  });

  test('more than ⌈3 / PART-TARGET⌉ parts ahead is refused, so many are not', () => {
    expect(decide(1, 10)).toMatchObject({ kind: 'hold' });
    expect(decide(1, 11)).toEqual({ kind: 'bad', error: expect.stringContaining('_HLS_part') });
    expect(decide(2, 9)).toMatchObject({ kind: 'bad' });
  });

  test('after the end everything is ready', () => {
    expect(decideReload(snapshotAt(8, true), { mediaSequence: 99, partIndex: 99 })).toEqual({ kind: 'ready' });
  });
});
