import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { checkConformance } from '../testing/conformance-checks';
import { runConformance } from '../testing/conformance-run';

vi.setConfig({ testTimeout: 120_000 });

// The other rates, profiles and the cadence: `npm run soak -- conformance`.
test('a run at 25 fps with an interruption: no rule is broken in any version, and every independent reader agrees', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-conformance-'));
  onTestFinished(async () => await rm(dataDir, { recursive: true, force: true }));
  const run = await runConformance(
    { frameRate: { numerator: 25, denominator: 1 }, profile: 'balanced', seconds: 5, isPaced: false },
    dataDir,
  );
  expect(
    run.full
      .get('90p')
      ?.at(-1)
      ?.text.match(/#EXT-X-DISCONTINUITY\n/g),
  ).toHaveLength(1);
  const { violations, versions, segments } = await checkConformance(run);
  expect(violations).toEqual([]);
  expect(versions).toBeGreaterThan(12);
  expect(segments).toBeGreaterThanOrEqual(12);
});
