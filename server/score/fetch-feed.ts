import { lookup } from 'node:dns/promises';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isAddress } from './address-ranges';
import { addressFault, type FeedAllowance, feedUrlFault, hostOf, portOf } from './feed-address';
import { FeedFault } from './feed-fault';
import { feedBytesMax } from './read-score-feed';

/** For all of it: look-up, redirects and the last byte. */
const fetchTimeoutMs = 5000;
const redirectsMax = 3;
const redirectStatuses = [301, 302, 303, 307, 308];

export type Resolved = { address: string; family: number };

export type FetchFeedOptions = {
  allowance: FeedAllowance;
  /** every address of a name; default: the system's */
  resolve?: (host: string) => Promise<Resolved[]>;
  timeoutMs?: number;
  /** ends it before its time */
  signal?: AbortSignal;
};

/**
 * Reads a feed that anybody may have named. Each name is looked up once, and the connection goes to the very address that
 * was judged, so that a name which leads elsewhere a moment later gains nothing; a redirect is judged like the first address.
 *
 * @throws FeedFault in words without any address
 */
export async function fetchFeed(url: URL, options: FetchFeedOptions): Promise<Buffer> {
  const timeoutMs = options.timeoutMs ?? fetchTimeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    return await followed(url, options, signal);
  } catch (error) {
    if (timeout.aborted) {
      throw new FeedFault(`the feed did not answer within ${timeoutMs / 1000} s`);
    }
    throw error instanceof FeedFault ? error : new FeedFault('the feed could not be read', { cause: error });
  }
}

async function followed(first: URL, options: FetchFeedOptions, signal: AbortSignal): Promise<Buffer> {
  let url = first;
  for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
    const response = await ask(url, await judged(url, options, signal), signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) {
      return await bodyOf(response);
    }
    response.destroy();
    if (!redirectStatuses.includes(statusCode)) {
      throw new FeedFault(`the feed answered ${statusCode}`);
    }
    if (headers.location === undefined || !URL.canParse(headers.location, url)) {
      throw new FeedFault('the feed redirects to nowhere');
    }
    url = new URL(headers.location, url);
  }
  throw new FeedFault(`the feed redirects more than ${redirectsMax} times`);
}

/** The address to connect to. */
async function judged(url: URL, options: FetchFeedOptions, signal: AbortSignal): Promise<Resolved> {
  const { allowance, resolve = (host) => lookup(host, { all: true }) } = options;
  const fault = feedUrlFault(url, allowance);
  if (fault !== null) {
    throw new FeedFault(`the address of the feed ${fault}`);
  }
  const host = hostOf(url);
  if (isAddress(host)) {
    return { address: host, family: host.includes(':') ? 6 : 4 };
  }
  const addresses = await orAborted(resolve(host), signal);
  const port = portOf(url);
  const open = addresses.find(({ address }) => addressFault(address, port, allowance) === null);
  if (open !== undefined) {
    return open;
  }
  const [refused] = addresses;
  throw new FeedFault(
    refused === undefined
      ? 'the address of the feed leads nowhere'
      : `the address of the feed ${addressFault(refused.address, port, allowance)}`,
  );
}

/** A look-up cannot be called off; it is not waited for any longer. */
async function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  return await new Promise<Value>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function ask(url: URL, at: Resolved, signal: AbortSignal): Promise<IncomingMessage> {
  const isHttps = url.protocol === 'https:';
  const host = hostOf(url);
  const options: RequestOptions & { servername?: string } = {
    host: at.address,
    family: at.family,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    // The certificate is checked against the name, whatever the address.
    ...(isHttps && !isAddress(host) ? { servername: host } : {}),
    headers: { host: url.host, accept: 'application/xml, text/xml', 'accept-encoding': 'gzip', 'user-agent': 'zyzz' },
    agent: false,
    signal,
    maxHeaderSize: 16 * 1024,
  };
  return new Promise((resolve, reject) => {
    const request: ClientRequest = (isHttps ? httpsRequest : httpRequest)(options, resolve);
    request.on('error', reject);
    request.end();
  });
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of unpacked(response)) {
      bytes += chunk.length;
      if (bytes > feedBytesMax) {
        throw new FeedFault(`the feed is larger than ${feedBytesMax} bytes`);
      }
      chunks.push(chunk);
    }
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks);
}

function unpacked(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') {
    return response;
  }
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new FeedFault('the feed is packed in a way that was not asked for');
  }
  const gunzip = createGunzip();
  // What breaks off below breaks off above.
  response.on('error', (error) => gunzip.destroy(error));
  response.pipe(gunzip);
  return gunzip;
}
