import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inCheckout } from './checkout.mjs';
import { LaunchFault } from './launch-fault.mjs';

const bundle = (path) => import(pathToFileURL(inCheckout('dist', `${path}.mjs`)).href);

/**
 * The database of `DATABASE_URL`, or else the embedded one.
 *
 * @param {string | undefined} databaseUrl
 * @param {string} dataDir
 * @returns {Promise<{ url: string, died: Promise<string>, stop(): Promise<void> }>}
 */
export async function openDatabaseServer(databaseUrl, dataDir) {
  if (databaseUrl) {
    return { url: databaseUrl, died: new Promise(() => {}), stop: async () => {} };
  }
  const { startEmbeddedPostgres } = await bundle('db/embedded');
  return await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
}

/** Brings the schema up to date and seeds an empty database. @param {string} url */
export async function prepareDatabase(url) {
  const { prepareDatabase: prepare } = await bundle('scripts/lib/prepare-database');
  try {
    await prepare(url, inCheckout('db', 'migrations'));
  } catch (error) {
    // A query's error carries the query in its message, and the reason in its cause.
    const cause = error.cause ?? error;
    throw new LaunchFault(`The database cannot be brought up to date: ${cause.message || cause.code}.`);
  }
}
