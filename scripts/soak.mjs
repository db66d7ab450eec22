#!/usr/bin/env node
// The long proofs, run by hand. A soak is a file `<name>.soak.ts` of bench/; its results go into bench/RESULTS.md.
import { readdirSync } from 'node:fs';
import { inCheckout } from './lib/checkout.mjs';
import { LaunchFault, runCommand } from './lib/launch-fault.mjs';
import { runProgram } from './lib/run-program.mjs';

await runCommand(async () => {
  const files = readdirSync(inCheckout('bench')).filter((file) => file.endsWith('.soak.ts'));
  const soaks = files.map((file) => file.replace('.soak.ts', ''));
  const [name, ...args] = process.argv.slice(2);
  if (soaks.length === 0) {
    process.stdout.write('There is no soak yet: none of the long proofs is written.\n');
    return name ? 1 : 0;
  }
  if (!name || !soaks.includes(name)) {
    throw new LaunchFault(`Say which: npm run soak -- <${soaks.join('|')}>`);
  }
  const file = inCheckout('bench', `${name}.soak.ts`);
  const { code } = await runProgram(process.execPath, ['--import', 'tsx', file, ...args], { show: true });
  return code;
});
