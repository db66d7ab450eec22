import { expect, test } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { checkMpd, readMpd } from '../testing/listed-mpd';
import { syntheticStartMs, syntheticVideo } from '../testing/synthetic-stream';
import { syntheticTake } from '../testing/synthetic-take';
import { parseTakeSegmentName, recordingMpd, takeInitName, takeSegmentName } from './recording-mpd';

const later = { takeId: 'tak_laterone234', startedAtMs: syntheticStartMs + 60_000 };

test('a recording is a static MPD with a period for each take, one right after the other', () => {
  const text = recordingMpd([syntheticTake({ ...later, segmentCount: 3 }), syntheticTake()]) ?? '';
  const mpd = readMpd(text);
  checkMpd(mpd);
  expect(mpd.attributes).toMatchObject({ type: 'static', mediaPresentationDuration: 'PT10S' });
  expect(mpd.location).toBeUndefined();
  expect(mpd.periods).toMatchObject([
    { id: 'tak_synthetic234', startSeconds: 0, durationSeconds: 4 },
    { id: 'tak_laterone234', startSeconds: 4, durationSeconds: 6 },
  ]);
  const [picture] = mpd.periods[1]?.representations ?? [];
  expect(picture).toMatchObject({ id: '360p', initUri: '360p/tak_laterone234-init.mp4', originSeconds: 1 });
  expect(picture?.segments).toEqual(
    [0, 1, 2].map((place) => ({
      uri: `360p/tak_laterone234-${place}.m4s`,
      startSeconds: 4 + 2 * place,
      endSeconds: 6 + 2 * place,
    })),
  );
});

test("an encoder's run-in of the sound lies before the period, so that sound and picture stay together", () => {
  const take = syntheticTake();
  const early = take.segments.map((segment) =>
    segment.renditionId === 'audio64' && segment.ticks
      ? { ...segment, ticks: { start: segment.ticks.start - 1024, end: segment.ticks.end - 1024 } }
      : segment,
  );
  const [period] = readMpd(recordingMpd([{ ...take, segments: early }]) ?? '').periods;
  const starts = period?.representations.map(({ id, segments }) => [id, segments[0]?.startSeconds]);
  expect(starts).toEqual([
    ['360p', 0],
    ['audio64', -1024 / 48_000],
  ]);
});

test('a representation keeps its bandwidth in every period', () => {
  const mpd = readMpd(recordingMpd([syntheticTake(), syntheticTake({ ...later, segmentSeconds: 1 })]) ?? '');
  const told = mpd.periods.map(({ representations }) => representations.map(({ attributes }) => attributes.bandwidth));
  expect(told[0]).toEqual(told[1]);
});

test('a take without decode times, of an earlier version, is left out', () => {
  const { segments, ...take } = syntheticTake();
  const untimed = { ...take, segments: segments.map(({ ticks: _, ...segment }) => segment) };
  expect(recordingMpd([untimed])).toBeUndefined();
  expect(readMpd(recordingMpd([untimed, syntheticTake(later)]) ?? '').periods.map(({ id }) => id)).toEqual([
    later.takeId,
  ]);
  expect(recordingMpd([syntheticTake({ renditions: [syntheticVideo, commentaryAudio], segmentCount: 0 })])).toBe(
    undefined,
  );
});

test.each([
  [takeSegmentName('tak_synthetic234', 12), { takeId: 'tak_synthetic234', place: 12 }],
  [takeInitName('tak_syn-thetic234'), { takeId: 'tak_syn-thetic234', place: 'init' }],
  ['tak_synthetic234-012.m4s', undefined],
  ['tak_synthetic234-init.m4s', undefined],
  ['tak_synthetic234-1.mp4', undefined],
  ['tak_synthetic234.mp4', undefined],
  ['-1.m4s', undefined],
])('the name %s names %o', (name, named) => {
  expect(parseTakeSegmentName(name)).toEqual(named);
});
