import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LatencyProfile } from '../stream-node/contract/profiles';
import { checkConformance } from '../stream-node/testing/conformance-checks';
import { runConformance } from '../stream-node/testing/conformance-run';

/**
 * A run with an interruption at every rate, in both profiles and without a picture, at a real node and in real time: every
 * version of every playlist by the rules (RFC 8216bis), and by two parsers; every segment by mp4box.js, ffprobe and Shaka
 * Packager; the MPDs by mpd-parser. Then the same rules over a thousand made-up runs. `npm run soak -- conformance`; words
 * after it choose runs, such as `29.97` or `audio`.
 */
const seconds = 8;
/** A busy machine stops a process for that long; parts that are late by more are late because of us. */
const cadenceToleranceMs = 500;
const propertyRuns = 1000;

const rates = [
  ['23.976', 24_000, 1001],
  ['24', 24, 1],
  ['25', 25, 1],
  ['29.97', 30_000, 1001],
  ['30', 30, 1],
  ['50', 50, 1],
  ['60', 60, 1],
] as const;
const profiles: LatencyProfile[] = ['balanced', 'lowest-latency'];
const cases = [
  ...profiles.flatMap((profile) =>
    rates.map(([name, numerator, denominator]) => ({
      ...{ name: `${name} fps, ${profile}`, profile, frameRate: { numerator, denominator } },
    })),
  ),
  { name: 'audio only', profile: 'balanced' as const },
];

const words = process.argv.slice(2);
const chosen = cases.filter(({ name }) => words.every((word) => name.includes(word)));
let violationCount = 0;
process.stdout.write('| run | versions | segments | violations |\n|---|---|---|---|\n');
for (const { name, ...wanted } of chosen) {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-conformance-'));
  try {
    const run = await runConformance({ ...wanted, seconds, isPaced: true }, dataDir);
    const { versions, segments, violations } = await checkConformance(run, { cadenceToleranceMs });
    violationCount += violations.length;
    process.stdout.write(`| ${name} | ${versions} | ${segments} | ${violations.length} |\n`);
    for (const { rule, detail } of violations) {
      process.stderr.write(`${name}: ${rule}: ${detail}\n`);
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (words.length === 0) {
  const root = resolve(import.meta.dirname, '..');
  const files = ['stream-node/manifest/playlists.property'];
  const { status } = spawnSync(join(root, 'node_modules', '.bin', 'vitest'), ['run', ...files], {
    ...{ stdio: 'inherit', cwd: root },
    env: { ...process.env, PROPERTY_RUNS: String(propertyRuns), PROPERTY_SEED: 'random' },
  });
  process.exitCode = status ?? 1;
}
process.exitCode ||= violationCount === 0 ? 0 : 1;
process.exit();
