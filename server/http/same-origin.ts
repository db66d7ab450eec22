import type { IncomingHttpHeaders } from 'node:http';

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether `Origin` names us: our public address, or the very host that the request was sent to. */
export function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (!URL.canParse(origin)) {
    return false;
  }
  return origin === new URL(publicUrl).origin || (host !== undefined && new URL(origin).host === host);
}

/**
 * Whether a request that writes may have been sent by another site's page with our cookies. Programs send neither header
 * and carry no cookies of a browser.
 */
export function isCrossSiteWrite(method: string, headers: IncomingHttpHeaders, publicUrl: string): boolean {
  if (readingMethods.has(method)) {
    return false;
  }
  if (headers['sec-fetch-site'] === 'cross-site') {
    return true;
  }
  return headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host, publicUrl);
}
