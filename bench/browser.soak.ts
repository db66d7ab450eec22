import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { ensureBuild } from '../scripts/lib/build.mjs';
import { ensureChromium } from '../scripts/lib/system-programs.mjs';

// The browser tests that take minutes: every page by axe and by its console, and more tabs than HTTP/1.1 has connections.
const say = (what: string) => process.stdout.write(`${what}\n`);
const CHROMIUM_PATH = await ensureChromium(say);
await ensureBuild(say);
const program = resolve(import.meta.dirname, '..', 'node_modules', '.bin', 'playwright');
const config = resolve(import.meta.dirname, '..', 'e2e', 'playwright.config.ts');
const { status } = spawnSync(program, ['test', '-c', config, '.long.e2e.ts'], {
  stdio: 'inherit',
  env: { ...process.env, CHROMIUM_PATH, E2E_LONG: '1' },
});
process.exitCode = status ?? 1;
