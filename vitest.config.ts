import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**', '**/.data/**'],
    setupFiles: ['scripts/property-seed.ts'],
  },
});
