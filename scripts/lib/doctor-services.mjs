import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { inCheckout } from './checkout.mjs';

const patienceMs = 5000;

/**
 * Looks at the database that `DATABASE_URL` names: that it answers, lets us in, is new enough, and which migrations it has.
 *
 * @param {string | undefined} databaseUrl
 * @returns {Promise<string>} a remark; throws the fault and its cure
 */
export async function checkDatabase(databaseUrl) {
  if (!databaseUrl) {
    return 'embedded';
  }
  if (!/^postgres(ql)?:\/\//.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new Error('DATABASE_URL is no postgres:// URL: correct it, or leave it out for the embedded database.');
  }
  const { hostname, port, pathname } = new URL(databaseUrl);
  const address = { host: hostname || 'localhost', port: Number(port || 5432) };
  const place = `${address.host}:${address.port}${pathname}`;
  await requireListener(address, 'DATABASE_URL');
  const { default: postgres } = await packageOf('postgres');
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: patienceMs / 1000, onnotice: () => {} });
  try {
    const [{ version }] = await sql`select current_setting('server_version_num')::int as version`;
    if (version < 140_000) {
      throw new Error(`${place} is Postgres ${Math.floor(version / 10_000)}: zyzz needs 14 or newer.`);
    }
    return `${place}, Postgres ${Math.floor(version / 10_000)}, ${await migrationState(sql)}`;
  } catch (error) {
    if (typeof error.code === 'string') {
      throw new Error(
        `${place} refuses us (${error.message}): correct DATABASE_URL, or make the user and the database.`,
      );
    }
    throw error;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function migrationState(sql) {
  const { entries } = JSON.parse(readFileSync(inCheckout('db', 'migrations', 'meta', '_journal.json'), 'utf8'));
  const [{ table }] = await sql`select to_regclass('drizzle.__drizzle_migrations') as table`;
  const [newest] = table === null ? [] : await sql`select max(created_at) as at from drizzle.__drizzle_migrations`;
  const applied = Number(newest?.at ?? 0);
  const known = entries.at(-1)?.when ?? 0;
  if (applied > known) {
    throw new Error('the database is of a newer zyzz than this one: update this checkout.');
  }
  const missing = entries.filter(({ when }) => when > applied).length;
  return missing === 0
    ? 'up to date'
    : `${missing} ${missing === 1 ? 'migration' : 'migrations'} to apply (npm start does)`;
}

/**
 * @param {string | undefined} redisUrl
 * @returns {Promise<string>} a remark; throws the fault and its cure
 */
export async function checkRedis(redisUrl) {
  if (!redisUrl) {
    return 'none: Postgres is the bus';
  }
  if (!/^rediss?:\/\//.test(redisUrl) || !URL.canParse(redisUrl)) {
    throw new Error('REDIS_URL is no redis:// URL: correct it, or leave it out.');
  }
  const { hostname, port } = new URL(redisUrl);
  const address = { host: hostname || 'localhost', port: Number(port || 6379) };
  await requireListener(address, 'REDIS_URL');
  const { createClient } = await packageOf('redis');
  const client = createClient({ url: redisUrl, socket: { connectTimeout: patienceMs, reconnectStrategy: false } });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.ping();
    return `${address.host}:${address.port}`;
  } catch (error) {
    throw new Error(`${address.host}:${address.port} refuses us (${error.message}): correct REDIS_URL.`);
  } finally {
    client.destroy();
  }
}

const s3Needed = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'];

/**
 * @param {Record<string, string | undefined>} environment
 * @returns {Promise<string>} a remark; throws the fault and its cure
 */
export async function checkS3(environment) {
  const missing = s3Needed.filter((name) => !environment[name]?.trim());
  if (missing.length === s3Needed.length) {
    return 'none: recordings stay on the nodes';
  }
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: set all of S3_…, or none.`);
  }
  const endpoint = environment.S3_ENDPOINT ?? '';
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    throw new Error('S3_ENDPOINT is no http or https URL: correct it.');
  }
  const { protocol, hostname, port } = new URL(endpoint);
  const address = { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
  await requireListener(address, 'S3_ENDPOINT');
  return `${address.host}:${address.port}, bucket ${environment.S3_BUCKET}`;
}

async function requireListener(address, setting) {
  const fault = await connectFault(address);
  if (fault) {
    throw new Error(`nothing answers at ${address.host}:${address.port} (${fault}): start it, or correct ${setting}.`);
  }
}

function connectFault(address) {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: patienceMs });
    const done = (fault) => {
      socket.destroy();
      resolve(fault);
    };
    socket.once('connect', () => done(undefined));
    socket.once('timeout', () => done(`no answer within ${patienceMs / 1000} s`));
    socket.once('error', (error) => done(error.code ?? error.message));
  });
}

async function packageOf(name) {
  try {
    return await import(name);
  } catch {
    throw new Error('the packages are not installed yet: run npm start, then ask again.');
  }
}
