#!/usr/bin/env node
// Brings up the whole product from a bare checkout, and so may import nothing but Node before the packages are installed.
import { requireNode } from './lib/checkout.mjs';
import { sentenceOf } from './lib/launch-fault.mjs';
import { readStartSettings } from './lib/start-settings.mjs';
import { Supervisor } from './lib/supervisor.mjs';
import { untilToldToStop } from './lib/told-to-stop.mjs';

/** @type {Supervisor | undefined} */
let supervisor;
let exitCode = 0;
try {
  requireNode();
  supervisor = new Supervisor(readStartSettings(process.argv.slice(2), process.env));
  const told = untilToldToStop({ again: () => supervisor?.hurry() });
  const brokenOff = told.then(() => undefined);
  await Promise.race([supervisor.start(), brokenOff]);
  const reason = await Promise.race([supervisor.failed, brokenOff]);
  if (reason !== undefined) {
    throw new Error(reason);
  }
  process.stdout.write('  stopping\n');
} catch (error) {
  exitCode = 1;
  process.stderr.write(`\n${sentenceOf(error)}\n`);
}
await supervisor?.stop().catch((error) => {
  exitCode = 1;
  process.stderr.write(`${sentenceOf(error)}\n`);
});
process.exit(exitCode);
