import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { playScenario, type ScenarioStep } from '../packager/played-scenario';
import { scenario } from '../packager/synthetic-scenario';
import { type FetchedPlaylist, validateRenditions, validateVersions } from '../testing/hls-validator';
import { expectReadAlike } from '../testing/parse-alike';
import { mediaPlaylist, type PlaylistForm } from './media-playlist';
import { renditionReports } from './rendition-report';

// Any sequence of fragments, cuts and gaps, at every rate, in both profiles and without a picture.
const runs = { numRuns: fc.readConfigureGlobal().numRuns ?? 20 };

vi.setConfig({ testTimeout: 30_000 + runs.numRuns * 3000 });

/** All media playlists of one moment, by rendition. */
function playlistsOf({ windows }: ScenarioStep, form: PlaylistForm): Record<string, string> {
  const all = windows.map((window) => window.snapshot());
  return Object.fromEntries(
    all.map((snapshot) => {
      const { id } = snapshot.rendition;
      return [id, mediaPlaylist(snapshot, renditionReports(id, all), form)];
    }),
  );
}

test('every version of every playlist obeys the rules, in full and as delta updates, and renditions agree', () => {
  fc.assert(
    fc.property(scenario, (played) => {
      const clients = { full: new Map<string, FetchedPlaylist[]>(), delta: new Map<string, FetchedPlaylist[]>() };
      playScenario(played, (step) => {
        const full = playlistsOf(step, 'full');
        const delta = playlistsOf(step, 'delta');
        expect(validateRenditions(full)).toEqual([]);
        for (const at of step.changed) {
          const id = step.windows[at]?.snapshot().rendition.id ?? '';
          const isFirst = !clients.full.has(id);
          for (const [form, texts] of [
            ['full', full],
            ['delta', isFirst ? full : delta],
          ] as const) {
            const versions = clients[form].get(id) ?? [];
            clients[form].set(id, [...versions, { text: texts[id] ?? '', fetchedAtMs: step.nowMs }]);
          }
        }
      });
      for (const versions of [...clients.full.values(), ...clients.delta.values()]) {
        expect(validateVersions(versions)).toEqual([]);
      }
    }),
    runs,
  );
});

test('two parsers and the validator read every playlist alike, deltas too', () => {
  fc.assert(
    fc.property(scenario, (played) => {
      let steps = 0;
      playScenario(played, (step) => {
        steps += 1;
        // Most versions differ by one part; those about a break differ by more.
        if (step.isBreak || steps % 20 === 0) {
          for (const form of ['full', 'delta'] as const) {
            Object.values(playlistsOf(step, form)).forEach(expectReadAlike);
          }
        }
      });
    }),
    runs,
  );
});
