import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commentaryAudio, type Rendition, stereoAudio, type VideoRendition } from '../contract/ladder';
import { audioCutPlan, type CutPlan, targetDurationSeconds, videoCutPlan } from '../contract/profiles';
import type { RenditionWindow } from './live-window';
import type { RenditionSnapshot, Segment } from './media-types';
import { discontinuityNumbers, expectPlaylistRules } from './playlist-rules';
import { StreamPackager } from './stream-packager';
import { endSeconds, outputTsOffsetSeconds, syntheticFragments, syntheticInit } from './synthetic-fragments';
import { Timeline } from './timeline';

const rates = [
  [24_000, 1001],
  [25, 1],
  [30_000, 1001],
  [30, 1],
  [50, 1],
  [60, 1],
] as const;

function picture(id: string, [numerator, denominator]: readonly [number, number]): VideoRendition {
  return { kind: 'video', id, width: 640, height: 360, frameRate: { numerator, denominator }, bitrate: 700_000 };
}

const videoStream = fc
  .record({ rate: fc.constantFrom(...rates), profile: fc.constantFrom('balanced' as const, 'lowest-latency' as const) })
  .map(({ rate, profile }) => {
    const top = picture('360p', rate);
    const renditions: Rendition[] = [top, picture('240p', rate), commentaryAudio, stereoAudio];
    return { renditions, cut: videoCutPlan(profile, top.frameRate) };
  });
const audioStream = fc.constant<{ renditions: Rendition[]; cut: CutPlan }>({
  renditions: [commentaryAudio],
  cut: audioCutPlan(),
});

/** Spread evenly: short runs alone would break off before anything is published. */
function seconds(min: number, max: number) {
  return fc.noBias(fc.integer({ min: min * 1000, max: max * 1000 })).map((ms) => ms / 1000);
}

/** One run of a publisher's recorder, and how it broke off in each rendition. */
const session = fc.record({
  seconds: seconds(0, 9),
  /** how much of the end each rendition lost, as when ffmpeg is killed */
  lostSeconds: fc.array(seconds(0, 1.5), { minLength: 4, maxLength: 4 }),
  /** how late each rendition's fragments come */
  lateSeconds: fc.array(seconds(0, 2), { minLength: 4, maxLength: 4 }),
  wholeParts: fc.boolean(),
  pauseSeconds: seconds(0.5, 100),
  clockErrorMs: fc.integer({ min: -200, max: 200 }),
  finishedByHand: fc.boolean(),
});

type Run = typeof session extends fc.Arbitrary<infer Value> ? Value : never;

const scenario = fc.record({
  stream: fc.oneof(videoStream, audioStream),
  sessions: fc.array(session, { minLength: 1, maxLength: 4 }),
  dvrWindowSeconds: fc.constantFrom(0, 10, 600),
  windowBytesMax: fc.constantFrom(1, 1e9),
  ends: fc.boolean(),
});

test('whatever comes in, and however sessions break off, every playlist keeps the rules', () => {
  fc.assert(
    fc.property(scenario, ({ stream, sessions, dvrWindowSeconds, windowBytesMax, ends }) => {
      const { renditions, cut } = stream;
      const options = { cut, renditions, dvrWindowSeconds, windowBytesMax, uriPrefix: 'p' };
      using packager = new StreamPackager(options);
      const windows = renditions.flatMap(({ id }) => packager.window(id) ?? []);
      const checked = new Map<RenditionWindow, number>();
      const check = () => {
        const changed = windows.filter((window) => checked.get(window) !== window.snapshot().version);
        for (const window of changed) {
          checked.set(window, window.snapshot().version);
          expectPlaylistRules(window);
          expectBounded(window.snapshot().segments, dvrWindowSeconds, windowBytesMax);
        }
        if (changed.length > 0) {
          expectAgreement(windows.map((window) => window.snapshot()));
        }
      };
      let hinted = new Map<string, string>();
      packager.on('part', ({ rendition, part }) => {
        const promised = hinted.get(rendition.id);
        expect(promised === undefined || promised === part.uri, `${part.uri} was hinted as ${promised}`).toBe(true);
        hinted.delete(rendition.id);
      });

      let startMs = 1_700_000_000_000;
      for (const [sessionIndex, run] of sessions.entries()) {
        const timeline = new Timeline({ firstSampleEventTimeMs: startMs, outputTsOffsetSeconds });
        packager.startSession({ sessionIndex, timeline });
        for (const { rendition, fragment } of arrivals(renditions, cut, run)) {
          hinted = new Map(windows.map((each) => [each.snapshot().rendition.id, each.snapshot().nextPart.uri]));
          if (fragment.kind === 'init') {
            packager.pushInit(rendition.id, fragment);
          } else {
            packager.pushFragment(rendition.id, fragment);
          }
          timeline.correct(startMs + run.clockErrorMs);
          check();
        }
        hinted.clear();
        if (run.finishedByHand) {
          packager.finishSession();
          check();
        }
        startMs += (run.seconds + run.pauseSeconds) * 1000;
      }
      if (ends) {
        packager.end();
        check();
        expect(windows.every((window) => window.snapshot().ended)).toBe(true);
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
}, 30_000);

/** All that ffmpeg puts out in a session, in the order in which it arrives. */
function arrivals(renditions: readonly Rendition[], cut: CutPlan, run: Run) {
  return renditions
    .flatMap((rendition, index) => {
      const lasting = Math.max(0, run.seconds - (run.lostSeconds[index] ?? 0));
      const framesPerFragment = run.wholeParts ? undefined : 1;
      const late = run.lateSeconds[index] ?? 0;
      const fragments = syntheticFragments(rendition, cut, {
        seconds: lasting,
        ...(framesPerFragment && { framesPerFragment }),
      });
      return [
        { rendition, fragment: syntheticInit(rendition), atSeconds: -1 },
        ...fragments.map((fragment) => ({ rendition, fragment, atSeconds: endSeconds(rendition, fragment) + late })),
      ];
    })
    .toSorted((a, b) => a.atSeconds - b.atSeconds);
}

/** Bounded by seconds, and by bytes; three target durations stay in any case. */
function expectBounded(segments: readonly Segment[], dvrWindowSeconds: number, bytesMax: number): void {
  const closed = segments.filter((segment) => segment.closed);
  const listed = closed.slice(1).reduce((sum, segment) => sum + segment.durationSeconds, 0);
  // Durations are added up in another order here than in the window: 6 s may come out as 6.000000000000001 there.
  const withoutOldest = listed - 1e-6;
  const floorSeconds = 3 * targetDurationSeconds;
  expect(withoutOldest).toBeLessThan(Math.max(floorSeconds, dvrWindowSeconds));
  if (bytesMax === 1) {
    expect(withoutOldest, 'too many bytes are only kept up to the floor').toBeLessThan(floorSeconds);
  }
}

/** The same media sequence means the same session in every rendition. */
function expectAgreement(snapshots: readonly RenditionSnapshot[]): void {
  const agreed = new Map<number, number>();
  for (const snapshot of snapshots) {
    for (const [mediaSequence, number] of discontinuityNumbers(snapshot)) {
      if ((agreed.get(mediaSequence) ?? number) !== number) {
        throw new Error(`${snapshot.rendition.id}: segment ${mediaSequence} has another discontinuity number`);
      }
      agreed.set(mediaSequence, number);
    }
  }
}
