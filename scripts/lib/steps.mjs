const NAME_WIDTH = 12;
const REMIND_AFTER_MS = 15_000;

/**
 * Does one step and prints one line for it with its seconds. A step that takes long says that it is still at it.
 *
 * @template T
 * @param {string} name
 * @param {(say: (what: string) => void) => Promise<T>} work `say` tells what is being done, once it is known to take time
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  const startedAt = performance.now();
  let doing = '';
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  const line = (text) => process.stdout.write(`  ${name.padEnd(NAME_WIDTH)} ${text}\n`);
  const say = (what) => {
    doing = what;
    line(`       … ${what}`);
  };
  const reminder = setInterval(() => line(`${seconds()} s, still ${doing || 'at it'}`), REMIND_AFTER_MS);
  try {
    const result = await work(say);
    line(`${seconds()} s`);
    return result;
  } finally {
    clearInterval(reminder);
  }
}
