/** The embedded database cannot run. `message` is one sentence for the person at the terminal: what and what to do. */
export class DatabaseFault extends Error {
  override name = 'DatabaseFault';
}
