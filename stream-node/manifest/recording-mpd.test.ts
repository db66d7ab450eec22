import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { StreamPackager } from '../packager/stream-packager';
import { scenario } from '../packager/synthetic-scenario';
import { SyntheticSessions } from '../packager/synthetic-sessions';
import type { TakeIndex, TakeRendition, TakeSegment } from '../store/take-index';
import { trimmedTakes } from '../store/trimmed-takes';
import { checkMpd, readMpd } from '../testing/listed-mpd';
import { syntheticStartMs, syntheticVideo } from '../testing/synthetic-stream';
import { syntheticTake } from '../testing/synthetic-take';
import { parseTakeSegmentName, recordingMpd, takeInitName, takeSegmentName } from './recording-mpd';

/** What an encoder of sound puts before its first sample, at most. */
const runInSecondsMax = 0.05;
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

describe('a take that another encoder went on with', () => {
  const initSha256 = 'ab'.repeat(32);
  // The sound of the first one ended 0.4 s before its picture.
  const before = syntheticTake({ initSha256, beginSeconds: { audio64: 0.6 } });
  const behind = { ...later, startedAtMs: syntheticStartMs + 3600, beginSeconds: { '360p': 5, audio64: 4.6 } };

  test('plays as one with it, under names that count on', () => {
    const mpd = readMpd(recordingMpd([before, syntheticTake({ ...behind, initSha256 })]) ?? '');
    checkMpd(mpd);
    expect(mpd.periods).toMatchObject([{ id: 'tak_synthetic234', startSeconds: 0, durationSeconds: 8 }]);
    for (const { segments } of mpd.periods[0]?.representations ?? []) {
      expect(segments.map(({ uri }) => uri.replace(/.*-/, ''))).toEqual(['0.m4s', '1.m4s', '2.m4s', '3.m4s']);
      expect(segments.at(-1)?.endSeconds).toBeCloseTo((segments[0]?.startSeconds ?? 0) + 8, 5);
    }
  });

  test('and that needs another init section begins a period with its first sample of any track', () => {
    const other = syntheticTake({ ...behind, initSha256: 'cd'.repeat(32) });
    const [, period] = readMpd(recordingMpd([before, other]) ?? '').periods;
    const starts = period?.representations.map(({ id, segments }) => [id, segments[0]?.startSeconds]);
    expect(starts).toEqual([
      ['360p', expect.closeTo(4.4, 5)],
      ['audio64', period?.startSeconds],
    ]);
  });

  test('and of which a trim left the end is told by its own name', () => {
    const takes = trimmedTakes([before, syntheticTake({ ...behind, initSha256 })], {
      startMs: syntheticStartMs + 5600,
      endMs: null,
    });
    const [period, ...others] = readMpd(recordingMpd(takes) ?? '').periods;
    expect(others).toEqual([]);
    expect(period?.representations.map(({ segments }) => segments.map(({ uri }) => uri))).toEqual([
      ['360p/tak_laterone234-1.m4s'],
      ['audio64/tak_laterone234-1.m4s'],
    ]);
  });
});

/** The takes that a recorder leaves of what a packager closes. */
function recordTakes(packager: StreamPackager): TakeIndex[] {
  const takes: (TakeIndex & { renditions: Map<string, TakeRendition>; segments: TakeSegment[] })[] = [];
  packager.on('segment', ({ rendition, segment: { session, init, mediaSequence, ticks, ...segment } }) => {
    const takeId = `tak_${session.id}`;
    let take = takes.find(({ header }) => header.takeId === takeId);
    if (take === undefined) {
      const { header } = syntheticTake({ takeId, startedAtMs: segment.programDateTimeMs });
      const recorderSession = /^p-s\d+/.exec(segment.uri)?.[0] ?? '';
      take = { header: { ...header, recorderSession }, renditions: new Map(), segments: [], closed: true };
      takes.push(take);
    }
    const { codec, timescale, bytes } = init;
    const initSha256 = createHash('sha256').update(bytes).digest('hex');
    const sizes = { initBytes: bytes.byteLength, timescale, initSha256 };
    take.renditions.set(rendition.id, { type: 'rendition', rendition, codec, ...sizes });
    const { programDateTimeMs, durationSeconds } = segment;
    const times = { mediaSequence, programDateTimeMs, durationSeconds, ...(ticks && { ticks }) };
    take.segments.push({ type: 'segment', renditionId: rendition.id, ...times, offset: 0, length: 1000 });
  });
  return takes;
}

test('whatever comes in, and however sessions break off, each segment is told once, and none before its period', () => {
  fc.assert(
    fc.property(scenario, ({ stream, sessions }) => {
      const { renditions, cut } = stream;
      using packager = new StreamPackager({
        ...{ cut, renditions, dvrWindowSeconds: 60, windowBytesMax: 1e9, uriPrefix: 'p' },
      });
      const takes = recordTakes(packager);
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
      packager.end();
      const mediaTimes = takes.flatMap((take) =>
        take.segments.map(({ renditionId, ticks }) => {
          const seconds = (ticks?.start ?? Number.NaN) / (take.renditions.get(renditionId)?.timescale ?? 1);
          return `${renditionId} ${Math.round(seconds * 10_000)}`;
        }),
      );
      const mpd = readMpd(recordingMpd(takes) ?? '<MPD type="static"/>');
      checkMpd(mpd);
      const told = mpd.periods.flatMap(({ startSeconds, representations }) =>
        representations.flatMap(({ id, originSeconds, segments }) =>
          segments.map((segment) => {
            if (segment.startSeconds <= startSeconds - runInSecondsMax) {
              throw new Error(`${segment.uri} begins before its period`);
            }
            return `${id} ${Math.round((segment.startSeconds - startSeconds + originSeconds) * 10_000)}`;
          }),
        ),
      );
      expect(told.sort()).toEqual(mediaTimes.sort());
      const uris = mpd.periods.flatMap((each) => each.representations.flatMap(({ segments }) => segments));
      expect(new Set(uris.map(({ uri }) => uri)).size).toBe(uris.length);
    }),
    { numRuns: 10, interruptAfterTimeLimit: 15_000 },
  );
}, 30_000);

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
