/** What keeps a command from its work, as one clear sentence for the person at the terminal. Never shown with a stack. */
export class LaunchFault extends Error {
  name = 'LaunchFault';
}

/**
 * Runs a command's main function: a fault ends it with its sentence and exit code 1. Names of faults that come from
 * bundled code (`DatabaseFault`) count too, because a bundle holds its own copy of their class.
 *
 * @param {() => Promise<number | void>} main resolves with the exit code; none leaves the process running
 */
export async function runCommand(main) {
  try {
    const code = await main();
    if (typeof code === 'number') {
      process.exit(code);
    }
  } catch (error) {
    process.stderr.write(`\n${sentenceOf(error)}\n`);
    process.exit(1);
  }
}

/** @param {unknown} error */
export function sentenceOf(error) {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const expected = ['LaunchFault', 'DatabaseFault'].includes(error.name) || process.env.ZYZZ_DEBUG === undefined;
  return expected ? error.message : (error.stack ?? error.message);
}
