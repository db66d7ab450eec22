import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**', '**/.data/**'],
    setupFiles: ['scripts/property-seed.ts'],
    // No file leaves anything behind for the next one, and to import everything anew for each takes half a minute.
    isolate: false,
    // Much of it waits for sockets and encoders; so more at a time than there are cores. A percentage would end at their number.
    maxWorkers: availableParallelism() + 1,
    // Patience costs nothing where all is well, and a busy machine starts a process or a database in ten seconds.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
