#!/usr/bin/env node
// Runs every benchmark, or those named: `npm run bench -- latency join`. `--save` puts the tables into bench/RESULTS.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** The commit that is measured, and whether the checkout is that commit. */
async function commitName() {
  const { output: commit } = await runProgram('git', ['-C', inCheckout(), 'rev-parse', '--short', 'HEAD']);
  const { output: changes } = await runProgram('git', ['-C', inCheckout(), 'status', '--porcelain', '--', ':!bench']);
  return changes.trim() === '' ? commit.trim() : `${commit.trim()} with changes`;
}

/** Runs one. A stop is passed on, and waited for: the run takes down what it started. It notices, too, when we are killed. */
async function runBench(name, args) {
  const program = ['--import', 'tsx', inCheckout('bench', 'run-bench.ts'), inCheckout('bench', `${name}.ts`), ...args];
  // In a group of its own, so that Ctrl-C reaches it once, through us.
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
  const stop = () => child.kill('SIGTERM');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, stop);
  }
  const [code] = await once(child, 'exit');
  for (const signal of signals) {
    process.off(signal, stop);
  }
  return code ?? 1;
}

await runCommand(async () => {
  requireNode();
  const named = process.argv.slice(2).filter((arg) => arg !== '--save');
  const known = benchNames();
  const wanted = named.length > 0 ? named : known;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown) {
    throw new LaunchFault(`There is no benchmark "${unknown}". There are: ${known.join(', ')}; and --save.`);
  }
  await step('packages', ensurePackages);
  await step('ffmpeg', ensureFfmpeg);
  process.env.CHROMIUM_PATH = await step('chromium', ensureChromium);
  await step('build', ensureBuild);
  const args = [await commitName(), ...(process.argv.includes('--save') ? ['--save'] : [])];
  let exitCode = 0;
  for (const name of wanted) {
    const code = await runBench(name, args);
    if (code === 130) {
      return code;
    }
    exitCode ||= code;
  }
  return exitCode;
});
