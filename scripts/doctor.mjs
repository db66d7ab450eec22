#!/usr/bin/env node
// Checks the machine and the settings, changes nothing, and says what to do about each fault.
import { doctorChecks } from './lib/doctor-checks.mjs';
import { runCommand } from './lib/launch-fault.mjs';
import { readStartSettings } from './lib/start-settings.mjs';

await runCommand(async () => {
  let faults = 0;
  for (const { name, run } of doctorChecks(readStartSettings(process.argv.slice(2), process.env), process.env)) {
    try {
      process.stdout.write(`  ok     ${name.padEnd(12)} ${(await run()) ?? ''}\n`);
    } catch (error) {
      faults += 1;
      process.stdout.write(`  FAULT  ${name.padEnd(12)} ${error.message}\n`);
    }
  }
  process.stdout.write(faults === 0 ? 'all is well\n' : `${faults} ${faults === 1 ? 'fault' : 'faults'}\n`);
  return faults === 0 ? 0 : 1;
});
