import { AppError } from '../errors';
import { isAddress, isPublicAddress, isWithin } from './address-ranges';

/** What the setting `ZYZZ_SCORE_FEED_ALLOW` opens beside the internet: address ranges, at any port. */
export type FeedAllowance = string[];

const usualPorts = [80, 443];
const notPublicRule = 'must be on the public internet';
const portRule = 'must use port 80 or 443';
/** RFC 6761, RFC 8375 and what routers give out: names that mean something on the own network alone. */
const localName = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test|invalid|onion)$/;

/** The port that a URL leads to. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** The host of a URL without the brackets of IPv6. WHATWG has already turned `0x7f.1` and `2130706433` into `127.0.0.1`. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/**
 * What can be said against the address of a feed before anything is looked up.
 *
 * @returns the rule that it breaks, or null
 */
export function feedUrlFault(url: URL, allowance: FeedAllowance): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return 'must be an http or https URL';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain a user name or password';
  }
  const host = hostOf(url);
  if (isAddress(host)) {
    return addressFault(host, portOf(url), allowance);
  }
  if (allowance.length > 0) {
    // Where the name leads, and whether its port is open there, is seen when it is looked up.
    return null;
  }
  if (!host.includes('.') || localName.test(host)) {
    return notPublicRule;
  }
  return usualPorts.includes(portOf(url)) ? null : portRule;
}

/** The same for the very address that would be connected to. @returns the rule that it breaks, or null */
export function addressFault(address: string, port: number, allowance: FeedAllowance): string | null {
  if (isWithin(address, allowance)) {
    return null;
  }
  if (!isPublicAddress(address)) {
    return notPublicRule;
  }
  return usualPorts.includes(port) ? null : portRule;
}

/** @throws AppError `bad_request` naming `matchUrl` and the rule; an empty one is in order */
export function checkMatchUrl(matchUrl: string | undefined, allowance: FeedAllowance): void {
  if (matchUrl === undefined || matchUrl === '') {
    return;
  }
  const fault = feedUrlFault(new URL(matchUrl), allowance);
  if (fault !== null) {
    throw new AppError('bad_request', `matchUrl: ${fault}`, { field: 'matchUrl' });
  }
}

/** Where the feed of a match lies: `commentary.xml` below the address of the match. */
export function feedUrlOf(matchUrl: string): URL {
  const url = new URL(matchUrl);
  url.hash = '';
  if (url.search !== '') {
    url.search += 'commentary.xml';
  } else {
    url.pathname += `${url.pathname.endsWith('/') ? '' : '/'}commentary.xml`;
  }
  return url;
}
