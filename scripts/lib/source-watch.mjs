import { watch } from 'node:fs';
import { inCheckout } from './checkout.mjs';

const SETTLE_MS = 150;

/**
 * Starts a process anew when its sources change (pages reload by themselves).
 *
 * @param {import('./child-process.mjs').Child[]} children
 */
export function restartOnChange(children) {
  for (const child of children) {
    let settled;
    const changed = (_event, file) => {
      if (file === null || /\.test\.ts$/.test(file) || !file.endsWith('.ts')) {
        return;
      }
      clearTimeout(settled);
      settled = setTimeout(() => {
        process.stdout.write(`  ${child.plan.name} is started again: ${file} changed\n`);
        void child.restart();
      }, SETTLE_MS);
    };
    const folders = child.plan.name === 'web' ? ['server', 'db', 'stream-node/contract'] : ['stream-node'];
    for (const folder of folders) {
      watch(inCheckout(folder), { recursive: true }, changed).unref();
    }
  }
}
