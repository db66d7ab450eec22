import { resolve } from 'node:path';
import { z } from 'zod';
import { isLoopbackHost } from '../stream-node/contract/loopback-host';
import { BadTlsPair, readTlsPair, type TlsFiles, tlsFilesOf } from '../stream-node/contract/tls-pair';
import { type AddressRange, parseAddressRange } from './http/client-address';
import { isAddressRange } from './score/address-ranges';

// The one file of the web process that reads the environment.

export { isLoopbackHost };

export type FacebookSettings = { clientId: string; clientSecret: string; wwwUrl: string; graphUrl: string };

export type ServerEnv = {
  mode: 'development' | 'production' | 'test';
  host: string;
  port: number;
  dataDir: string;
  /** where people reach the web process, without a trailing slash */
  publicUrl: string;
  /** the process speaks HTTPS; null: plain HTTP */
  tls: TlsFiles | null;
  /** one address for encoders to dial, whichever node it leads to, without a trailing slash; null: each node's own */
  rtmpPublicUrl: string | null;
  databaseUrl: string;
  /** the bus between web processes, may carry a password; null: Postgres is the bus */
  redisUrl: string | null;
  /** signs sessions' cookies and, through a derived key, grants */
  secret: string;
  /** what nodes show with their snapshots */
  nodeSecret: string;
  /** the bearer token of an operator who is nobody in particular; null: there is none */
  operatorToken: string | null;
  /** proxies whose `X-Forwarded-For` is believed */
  trustedProxies: AddressRange[];
  /** how many requests a minute the HTTP API takes from one address, and from one actor */
  apiRequestsPerMinute: number;
  /** lower case */
  operatorEmails: string[];
  facebook: FacebookSettings | null;
  /** address ranges that score feeds may lie in beside the public internet, at any port */
  scoreFeedAllow: string[];
  /** how long recordings are kept, in days, unless a person has a limit of their own; 0: for ever */
  recordingDays: number;
  /** how much a person's recordings may take, unless they have a limit of their own; 0: any */
  recordingBytesPerUser: number;
  logLevel: string;
};

/** All faults of the settings at once, one line each; carries no values, so that no secret reaches a log. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
  constructor(readonly faults: string[]) {
    super(`The settings are not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** An empty variable counts as unset: that is what `NAME= npm start` and most container files mean. */
const setting = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

const httpUrl = z
  .url({ protocol: /^https?$/, message: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));

const rtmpUrl = z
  .url({ protocol: /^rtmps?$/, message: 'must be an rtmp or rtmps URL, such as rtmp://live.example.org/live' })
  .refine((url) => /\/live\/?$/.test(url), 'must end in /live')
  .transform((url) => url.replace(/\/+$/, ''));

const addressRanges = z
  .string()
  .transform((list) => list.split(',').map((range) => range.trim()))
  .refine(
    (ranges) => ranges.every(isAddressRange),
    'must be addresses or ranges such as 127.0.0.0/8, with commas between',
  );

const secretRule = 'must be set to at least 16 characters (npm start makes one)';
const secretText = z.string({ message: secretRule }).min(16, secretRule);
const bearerRule = 'must be at least 16 characters of A-Z, a-z, 0-9 and . _ ~ + / - (npm start makes one)';
const bearerToken = z.string().regex(/^[A-Za-z0-9._~+/-]{16,512}=*$/, bearerRule);
const portRule = 'must be a port number from 1 to 65535';

const requestsRule = 'must be a whole number, at least 1';
const daysRule = 'must be a whole number of days, 0 for ever';
const gigabytesRule = 'must be gigabytes, 0 for any';

const Variables = z.object({
  NODE_ENV: setting(z.enum(['development', 'production', 'test']).default('production')),
  HOST: setting(z.string().default('127.0.0.1')),
  PORT: setting(
    z.coerce.number({ message: portRule }).int(portRule).min(1, portRule).max(65_535, portRule).default(8000),
  ),
  ZYZZ_DATA_DIR: setting(z.string().default('.data')),
  ZYZZ_PUBLIC_URL: setting(httpUrl.optional()),
  TLS_CERT: setting(z.string().optional()),
  TLS_KEY: setting(z.string().optional()),
  RTMP_PUBLIC_URL: setting(rtmpUrl.optional()),
  DATABASE_URL: setting(
    z
      .string({ message: 'must be set to a postgres:// URL (npm start sets it to the embedded database)' })
      .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL'),
  ),
  REDIS_URL: setting(z.url({ protocol: /^rediss?$/, message: 'must be a redis:// or rediss:// URL' }).optional()),
  ZYZZ_SECRET: setting(secretText),
  ZYZZ_NODE_SECRET: setting(secretText),
  ZYZZ_OPERATOR_TOKEN: setting(bearerToken.optional()),
  ZYZZ_TRUSTED_PROXIES: setting(addressRanges.transform((ranges) => ranges.map(parseAddressRange)).optional()),
  ZYZZ_API_REQUESTS_PER_MINUTE: setting(
    z.coerce.number({ message: requestsRule }).int(requestsRule).min(1, requestsRule).default(3000),
  ),
  ZYZZ_OPERATOR_EMAILS: setting(z.string().default('')),
  RECORDING_DAYS: setting(z.coerce.number({ message: daysRule }).int(daysRule).min(0, daysRule).default(0)),
  RECORDING_GB_PER_USER: setting(z.coerce.number({ message: gigabytesRule }).min(0, gigabytesRule).default(0)),
  FACEBOOK_CLIENT_ID: setting(z.string().optional()),
  FACEBOOK_CLIENT_SECRET: setting(z.string().optional()),
  FACEBOOK_WWW_URL: setting(httpUrl.default('https://www.facebook.com')),
  FACEBOOK_GRAPH_URL: setting(httpUrl.default('https://graph.facebook.com')),
  ZYZZ_SCORE_FEED_ALLOW: setting(addressRanges.optional()),
  LOG_LEVEL: setting(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')),
});

/**
 * Checks the settings and gives them their types.
 *
 * @throws EnvError naming every fault
 */
export function parseEnv(source: Record<string, string | undefined>): ServerEnv {
  const parsed = Variables.safeParse(source);
  if (!parsed.success) {
    throw new EnvError([...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)]);
  }
  const variables = parsed.data;
  const faults: string[] = [];
  const tls = readTls(variables, faults);
  const publicUrl = variables.ZYZZ_PUBLIC_URL ?? `${tls === null ? 'http' : 'https'}://localhost:${variables.PORT}`;
  if (tls !== null && publicUrl.startsWith('http:')) {
    faults.push('ZYZZ_PUBLIC_URL: must be https, because TLS_CERT and TLS_KEY are set');
  }
  const { FACEBOOK_CLIENT_ID: clientId, FACEBOOK_CLIENT_SECRET: clientSecret } = variables;
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    faults.push('FACEBOOK_CLIENT_ID, FACEBOOK_CLIENT_SECRET: set both or neither');
  }
  if (clientId === undefined && clientSecret === undefined) {
    const rule = 'people would have no safe way to sign in; set FACEBOOK_CLIENT_ID and FACEBOOK_CLIENT_SECRET';
    if (!isLoopbackHost(variables.HOST)) {
      faults.push(`HOST: is not a loopback address, and ${rule}`);
    }
    if (!isLoopbackHost(new URL(publicUrl).hostname)) {
      faults.push(`ZYZZ_PUBLIC_URL: is a public address, and ${rule}`);
    }
  }
  if (faults.length > 0) {
    throw new EnvError(faults);
  }
  return {
    mode: variables.NODE_ENV,
    host: variables.HOST,
    port: variables.PORT,
    dataDir: resolve(variables.ZYZZ_DATA_DIR),
    publicUrl,
    tls,
    rtmpPublicUrl: variables.RTMP_PUBLIC_URL ?? null,
    databaseUrl: variables.DATABASE_URL,
    redisUrl: variables.REDIS_URL ?? null,
    secret: variables.ZYZZ_SECRET,
    nodeSecret: variables.ZYZZ_NODE_SECRET,
    trustedProxies: variables.ZYZZ_TRUSTED_PROXIES ?? [],
    apiRequestsPerMinute: variables.ZYZZ_API_REQUESTS_PER_MINUTE,
    operatorToken: variables.ZYZZ_OPERATOR_TOKEN ?? null,
    operatorEmails: variables.ZYZZ_OPERATOR_EMAILS.split(',')
      .map((email) => email.trim().toLowerCase())
      .filter((email) => email !== ''),
    facebook:
      clientId === undefined || clientSecret === undefined
        ? null
        : {
            clientId,
            clientSecret,
            wwwUrl: variables.FACEBOOK_WWW_URL,
            graphUrl: variables.FACEBOOK_GRAPH_URL,
          },
    scoreFeedAllow: variables.ZYZZ_SCORE_FEED_ALLOW ?? [],
    recordingDays: variables.RECORDING_DAYS,
    recordingBytesPerUser: variables.RECORDING_GB_PER_USER * 1e9,
    logLevel: variables.LOG_LEVEL,
  };
}

function readTls(variables: z.infer<typeof Variables>, faults: string[]): TlsFiles | null {
  try {
    const files = tlsFilesOf(variables);
    if (files !== null) {
      readTlsPair(files);
    }
    return files;
  } catch (error) {
    if (!(error instanceof BadTlsPair)) {
      throw error;
    }
    faults.push(error.message);
    return null;
  }
}

/** Local sign-in by name is offered only where nobody but this machine's own people can reach it. */
export function offersLocalSignIn(env: ServerEnv): boolean {
  return env.facebook === null && isLoopbackHost(env.host) && isLoopbackHost(new URL(env.publicUrl).hostname);
}

const shared = globalThis as { zyzzServerEnv?: ServerEnv };

/**
 * The settings of this process, read once. On `globalThis`, because the pages' bundle holds a second copy of this module.
 *
 * @throws EnvError at the first call when a setting is wrong
 */
export function serverEnv(): ServerEnv {
  if (shared.zyzzServerEnv === undefined) {
    const env = parseEnv(process.env);
    // next-auth takes its own address from here alone, and would otherwise point providers to localhost:3000.
    process.env.NEXTAUTH_URL = env.publicUrl;
    shared.zyzzServerEnv = env;
  }
  return shared.zyzzServerEnv;
}
