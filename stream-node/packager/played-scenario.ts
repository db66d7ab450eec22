import type { RenditionWindow } from './live-window';
import { StreamPackager } from './stream-packager';
import type { Scenario } from './synthetic-scenario';
import { SyntheticSessions } from './synthetic-sessions';

/** What a played scenario tells after each step that changed a window. */
export type ScenarioStep = {
  /** of all renditions, in the order of the scenario */
  readonly windows: readonly RenditionWindow[];
  /** places in `windows` that changed with this step */
  readonly changed: readonly number[];
  /** event-clock time of the step, unix milliseconds */
  readonly nowMs: number;
  /** a session has just broken off, or the stream has ended */
  readonly isBreak: boolean;
};

/**
 * For property tests: plays a scenario through a packager, each run as a recorder session, and tells of every change as soon as readers could see it.
 */
export function playScenario(played: Scenario, onChange: (step: ScenarioStep) => void): void {
  const { stream, sessions, dvrWindowSeconds, windowBytesMax, publishedBefore, ends } = played;
  const { renditions, cut } = stream;
  const options = { cut, renditions, dvrWindowSeconds, windowBytesMax, publishedBefore, uriPrefix: 'p' };
  using packager = new StreamPackager(options);
  const windows = renditions.flatMap(({ id }) => packager.window(id) ?? []);
  const seen = windows.map((window) => window.snapshot().version);
  const startMs = 1_700_000_000_000;
  let nowMs = startMs;
  const tell = (isBreak = false) => {
    const changed = windows.flatMap((window, at) => (window.snapshot().version === seen[at] ? [] : [at]));
    for (const at of changed) {
      seen[at] = windows[at]?.snapshot().version ?? 0;
    }
    if (changed.length > 0) {
      onChange({ windows, changed, nowMs, isBreak });
    }
  };
  const begun = new SyntheticSessions(packager, stream, startMs, false);
  for (const run of sessions) {
    const { timeline, zeroMs, arrivals } = begun.begin(run);
    tell();
    for (const { rendition, fragment, atSeconds } of arrivals) {
      nowMs = Math.max(nowMs, zeroMs + atSeconds * 1000);
      if (fragment.kind === 'init') {
        packager.pushInit(rendition.id, fragment);
      } else {
        packager.pushFragment(rendition.id, fragment);
      }
      timeline.correct(zeroMs + run.clockErrorMs);
      tell();
    }
    packager.finishSession();
    tell(true);
  }
  if (ends) {
    packager.end();
    tell(true);
  }
}
