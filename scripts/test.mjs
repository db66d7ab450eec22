#!/usr/bin/env node
// Proves the product from a bare checkout: `npm test`, or parts of it: `npm test -- unit server/events`.
import { requireNode } from './lib/checkout.mjs';
import { LaunchFault, runCommand } from './lib/launch-fault.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { step } from './lib/steps.mjs';
import { ensureChromium, ensureCurl, ensureFfmpeg, ensureRedis } from './lib/system-programs.mjs';
import { testParts } from './lib/test-parts.mjs';
import { printSummary } from './lib/test-summary.mjs';

await runCommand(async () => {
  requireNode();
  const args = process.argv.slice(2);
  const names = args.filter((arg) => arg in testParts);
  const wanted = names.length > 0 ? names : Object.keys(testParts);
  const passedOn = args.filter((arg) => !(arg in testParts));
  if (passedOn.length > 0 && names.length !== 1) {
    throw new LaunchFault(
      `The command is: npm test -- [${Object.keys(testParts).join('|')} [arguments of its runner]]`,
    );
  }
  await step('packages', ensurePackages);
  if (wanted.includes('unit') || wanted.includes('e2e')) {
    await step('ffmpeg', ensureFfmpeg);
  }
  if (wanted.includes('unit')) {
    await step('redis', ensureRedis);
    await step('curl', ensureCurl);
  }
  if (wanted.includes('e2e')) {
    process.env.CHROMIUM_PATH = await step('chromium', ensureChromium);
  }
  const results = [];
  for (const name of wanted) {
    process.stdout.write(`\n── ${name} ──\n`);
    const startedAt = performance.now();
    const result = await testParts[name](passedOn, results).catch((error) => ({ fault: error.message }));
    results.push({
      name,
      passed: 0,
      failed: 0,
      skipped: 0,
      ...result,
      seconds: (performance.now() - startedAt) / 1000,
    });
  }
  return printSummary(results) ? 0 : 1;
});
