#!/usr/bin/env node
// Runs every benchmark, or those named: `npm run bench -- latency join`.
import { readdirSync, readFileSync } from 'node:fs';
import { ensureBuild } from './lib/build.mjs';
import { inCheckout, requireNode } from './lib/checkout.mjs';
import { LaunchFault, runCommand } from './lib/launch-fault.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { runProgram } from './lib/run-program.mjs';
import { step } from './lib/steps.mjs';
import { ensureChromium, ensureFfmpeg } from './lib/system-programs.mjs';

/** A benchmark is a file of `bench/` that exports `bench`; what it is made of lies beside it and exports none. */
function benchNames() {
  const isBench = (file) => /^export const bench\b/m.test(readFileSync(inCheckout('bench', file), 'utf8'));
  const sources = readdirSync(inCheckout('bench')).filter((file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file));
  return sources.filter(isBench).map((file) => file.replace(/\.ts$/, ''));
}

await runCommand(async () => {
  requireNode();
  const known = benchNames();
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown) {
    throw new LaunchFault(`There is no benchmark "${unknown}". There are: ${known.join(', ') || 'none yet'}.`);
  }
  if (wanted.length === 0) {
    throw new LaunchFault('There is no benchmark in bench/ yet.');
  }
  await step('packages', ensurePackages);
  await step('ffmpeg', ensureFfmpeg);
  process.env.CHROMIUM_PATH = await step('chromium', ensureChromium);
  await step('build', ensureBuild);
  const { output: commit } = await runProgram('git', ['-C', inCheckout(), 'rev-parse', '--short', 'HEAD']);
  let exitCode = 0;
  for (const name of wanted) {
    const args = [
      '--import',
      'tsx',
      inCheckout('bench', 'run-bench.ts'),
      inCheckout('bench', `${name}.ts`),
      commit.trim(),
    ];
    const { code } = await runProgram(process.execPath, args, { show: true });
    exitCode ||= code;
  }
  return exitCode;
});
