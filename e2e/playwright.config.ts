import { defineConfig } from '@playwright/test';

// Nothing here depends on how fast media is made and shown, so these share the machine; all others have it to themselves.
const pageTests = [
  'account',
  'bad-input',
  'chat',
  'encoder',
  'facebook',
  'home',
  'offline-fan',
  'resume',
  'score',
  'several-webs',
  'share',
  'sign-in-locally',
  'supervision',
].map((name) => `**/${name}.e2e.ts`);
// Walks through all pages and crowds of tabs take minutes: `npm run soak -- browser` runs them.
const longTests = process.env.E2E_LONG ? [] : ['**/*.long.e2e.ts'];

// The system's Chromium: Playwright's own download is not needed. Fake devices stand in for camera and microphone, and
// pages that nobody looks at keep their full speed, because publisher and viewer share one browser.
// biome-ignore lint/style/noDefaultExport: Playwright reads the default export
export default defineConfig({
  testDir: '.',
  projects: [
    { name: 'pages', testMatch: pageTests },
    { name: 'media', testMatch: '**/*.e2e.ts', testIgnore: [...pageTests, ...longTests] },
  ],
  outputDir: '../test-results/e2e',
  workers: 1,
  forbidOnly: true,
  // Patience costs nothing where all is well, and a machine whose host takes its time away shows a page after half a minute.
  timeout: process.env.E2E_LONG ? 300_000 : 150_000,
  expect: { timeout: process.env.E2E_LONG ? 45_000 : 30_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
    // Without pictures: filming both pages all the time takes a quarter of a small machine, and the fan's picture with it.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
        '--disable-background-timer-throttling',
        '--disable-backgrounding-occluded-windows',
        '--disable-renderer-backgrounding',
      ],
    },
  },
});
