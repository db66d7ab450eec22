/** A browser that is no Chromium, with one page that is driven from here. Disposed of, it is closed and leaves nothing behind. */
export type DrivenBrowser = AsyncDisposable & {
  /** with its version, as results name it */
  name: string;
  /** Resolves when the page has loaded. */
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page, waits for what it promises, and returns that as JSON carries it. */
  run<Value>(expression: string): Promise<Value>;
  /** A script that every page opened from now on runs before its own. */
  addScript(source: string): Promise<void>;
};

/** Functions that travel into a page bring along a call that names them, of the compiler that runs the soaks. */
export const namingScript = 'globalThis.__name ??= (named) => named;';

/** As JSON carries it, and null for what it does not. */
export const asJson = (expression: string) =>
  `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`;

const whereItStands = `(() => {
  const videos = [...document.querySelectorAll('video')].map(({ paused, readyState, currentTime, buffered, error }) =>
    [paused ? 'paused' : 'playing', 'readyState ' + readyState, currentTime + ' s', buffered.length + ' ranges', error?.message]);
  return 'Video: ' + JSON.stringify(videos) + '. The page says:\\n' + document.body.innerText.slice(0, 1500);
})()`;

/** Waits until an expression of the page is true; its fault, and where the page stands, are told when that takes too long. */
export async function untilTrue(
  browser: DrivenBrowser,
  what: string,
  expression: string,
  patienceMs = 30_000,
): Promise<void> {
  const giveUpAtMs = Date.now() + patienceMs;
  while (!(await browser.run<boolean>(`Promise.resolve(${expression}).then(Boolean)`))) {
    if (Date.now() > giveUpAtMs) {
      const stands = await browser.run<string>(whereItStands);
      throw new Error(`${browser.name}: ${what} did not come. ${stands}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Presses a button, link or choice by its words, once it can be pressed: what React has not taken over is pressed in vain. */
export async function press(browser: DrivenBrowser, words: string): Promise<void> {
  const find = `[...document.querySelectorAll('button, a, label')].find((each) =>
    (each.textContent.trim() === ${JSON.stringify(words)} || each.getAttribute('aria-label') === ${JSON.stringify(words)}) &&
    !(each.querySelector('input') ?? each).disabled && Object.keys(each).some((key) => key.startsWith('__reactProps')))`;
  await untilTrue(browser, `“${words}”`, find);
  await browser.run(`(() => { const found = ${find}; (found.querySelector('input') ?? found).click(); })()`);
}
