import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from '@playwright/test';

/**
 * A browser as a person has it open, but that no page is slowed down because nobody looks at it. It ends with this process,
 * however that ends: it sits on a pipe.
 */
export async function launchBenchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    // Whoever breaks a run off closes the browser, and the run takes the rest down.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
}

/** A person's own browser: cookies and cache that nobody else has. Closed with the block that opened it. */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext & AsyncDisposable> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  // Functions that travel into a page bring along a call that names them, of the compiler that runs the benchmarks.
  await context.addInitScript('globalThis.__name ??= (named) => named;');
  return context;
}
