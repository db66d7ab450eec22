import fc from 'fast-check';
import { expect, test } from 'vitest';
import { targetDurationOf } from '../contract/profiles';
import type { RenditionWindow } from './live-window';
import type { RenditionSnapshot } from './media-types';
import { discontinuityNumbers, expectPlaylistRules } from './playlist-rules';
import { StreamPackager } from './stream-packager';
import { scenario } from './synthetic-scenario';
import { SyntheticSessions } from './synthetic-sessions';

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
          expectBounded(window.snapshot(), dvrWindowSeconds, windowBytesMax);
        }
        if (changed.length > 0) {
          expectAgreement(windows.map((window) => window.snapshot()));
        }
      };
      const hints = () => new Map(windows.map((each) => [each.snapshot().rendition.id, each.snapshot().nextPart.uri]));
      let hinted = new Map<string, string>();
      packager.on('part', ({ rendition, part }) => {
        const promised = hinted.get(rendition.id);
        expect(promised === undefined || promised === part.uri, `${part.uri} was hinted as ${promised}`).toBe(true);
        hinted.delete(rendition.id);
      });

      const begun = new SyntheticSessions(packager, stream, 1_700_000_000_000);
      for (const run of sessions) {
        hinted = hints();
        const { timeline, zeroMs, arrivals } = begun.begin(run);
        for (const { rendition, fragment } of arrivals) {
          hinted = hints();
          if (fragment.kind === 'init') {
            packager.pushInit(rendition.id, fragment);
          } else {
            packager.pushFragment(rendition.id, fragment);
          }
          timeline.correct(zeroMs + run.clockErrorMs);
          check();
        }
        hinted = hints(); // what is left when a session ends was hinted too
        if (run.finishedByHand) {
          packager.finishSession();
          check();
        }
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

/** Bounded by seconds, and by bytes; three target durations stay in any case. */
function expectBounded({ segments, cut }: RenditionSnapshot, dvrWindowSeconds: number, bytesMax: number): void {
  const closed = segments.filter((segment) => segment.closed);
  const listed = closed.slice(1).reduce((sum, segment) => sum + segment.durationSeconds, 0);
  // Durations are added up in another order here than in the window: 6 s may come out as 6.000000000000001 there.
  const withoutOldest = listed - 1e-6;
  const floorSeconds = 3 * targetDurationOf(cut);
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
