import { expect, test } from 'vitest';
import { recordingMpd } from '../manifest/recording-mpd';
import { recordingPlaylist } from '../manifest/recording-playlist';
import { syntheticTake } from '../testing/synthetic-take';
import { trimmedTakes } from './trimmed-takes';

const startedAtMs = 1_700_000_000_000;
const first = syntheticTake({ takeId: 'tak_111111111', startedAtMs, segmentCount: 5 });
const second = syntheticTake({ takeId: 'tak_222222222', startedAtMs: startedAtMs + 60_000, segmentCount: 5 });
const takes = [first, second];
const at = (seconds: number) => startedAtMs + seconds * 1000;

function shown(startMs: number | null, endMs: number | null): string[] {
  return trimmedTakes(takes, { startMs, endMs }).flatMap(({ header, segments }) =>
    segments
      .filter(({ renditionId }) => renditionId === 'audio64')
      .map(({ mediaSequence }) => `${header.takeId.at(-1)}:${mediaSequence}`),
  );
}

test('without a trim the takes are what they are', () => {
  expect(trimmedTakes(takes, { startMs: null, endMs: null })).toBe(takes);
});

test('a trim is moved to the nearest boundaries, across takes and the gap between them', () => {
  expect(shown(at(3.2), null)).toEqual(['1:2', '1:3', '1:4', '2:0', '2:1', '2:2', '2:3', '2:4']);
  expect(shown(at(2.8), at(63.1))).toEqual(['1:1', '1:2', '1:3', '1:4', '2:0', '2:1']);
  expect(shown(at(20), null)).toEqual(['2:0', '2:1', '2:2', '2:3', '2:4']);
  expect(shown(null, at(1.5))).toEqual(['1:0']);
});

test('every rendition is cut at the same two moments, though sound has boundaries of its own', () => {
  const uneven = {
    ...first,
    segments: first.segments.map((segment) =>
      segment.renditionId === 'audio64' ? { ...segment, programDateTimeMs: segment.programDateTimeMs + 300 } : segment,
    ),
  };
  const [cut] = trimmedTakes([uneven], { startMs: at(3.1), endMs: at(7.2) });
  const places = cut?.segments.map(({ renditionId, mediaSequence }) => `${renditionId}:${mediaSequence}`);
  expect(places?.filter((place) => place.endsWith(':2')).length).toBe(2);
  expect(new Set(places?.map((place) => place.split(':')[1]))).toEqual(new Set(['2', '3']));
});

test('in DASH a segment keeps its name, for caches keep what they have under it', () => {
  const mpd = recordingMpd(trimmedTakes(takes, { startMs: at(4), endMs: at(62) })) ?? '';
  expect([...mpd.matchAll(/startNumber="(\d+)"/g)].map(([, number]) => number)).toEqual(['2', '2', '0', '0']);
  expect(mpd).toContain('mediaPresentationDuration="PT8S"');
});

test('in HLS what is trimmed away is not listed', () => {
  const trimmed = trimmedTakes(takes, { startMs: at(4), endMs: at(62) });
  const text = recordingPlaylist(trimmed, 'audio64', { complete: true }) ?? '';
  expect([...text.matchAll(/#EXT-X-BYTERANGE:1000@(\d+)/g)].map(([, offset]) => Number(offset))).toEqual([
    2700, 3700, 4700, 700,
  ]);
});
