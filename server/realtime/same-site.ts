import { isLoopbackHost } from '../env';

export type HandshakeHeaders = {
  origin?: string | undefined;
  host?: string | undefined;
  'sec-fetch-site'?: string | string[] | undefined;
};

/**
 * Whether a handshake comes from a page of ours. A browser sends the session cookie along with a socket that any site
 * opens (cross-site WebSocket hijacking), so the page's origin must be the public address, or, on this machine, the very
 * loopback host and port that was asked. Programs send no `Origin`: they carry no one else's cookie.
 */
export function isSameSite(headers: HandshakeHeaders, publicUrl: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined) {
    return headers['sec-fetch-site'] !== 'cross-site';
  }
  if (!URL.canParse(origin)) {
    // `null`: a sandboxed frame or a file
    return false;
  }
  const page = new URL(origin);
  if (page.origin === new URL(publicUrl).origin) {
    return true;
  }
  // By name as well as by equality: a foreign name that resolves to 127.0.0.1 also equals its own Host header.
  return isLoopbackHost(page.hostname) && page.host === host;
}
