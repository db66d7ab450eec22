import { randomBytes } from 'node:crypto';
import type { FacebookSettings } from '../env';
import { isLoopbackHost } from '../env';

/** A page frame of ours on other sites' pages: the only path that may be framed. */
const embedPath = /^\/embed(\/|$)/;

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/**
 * Where media may come from and go to: each node's host, on any port and over HTTP and WebSocket alike, so that a page
 * that is open while a node starts on a known host can still reach it.
 */
function nodeSources(nodeUrls: string[], publicUrl: string): string[] {
  const sources = new Set<string>();
  for (const url of [...nodeUrls, publicUrl]) {
    const { hostname, protocol } = new URL(url);
    const hosts = isLoopbackHost(hostname) ? ['localhost', '127.0.0.1'] : [hostname];
    for (const host of hosts) {
      sources.add(`${protocol}//${host}:*`);
      sources.add(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}:*`);
    }
  }
  return [...sources];
}

/** The content security policy of a page (CSP Level 3). Next reads the nonce from it and marks its own scripts. */
export function contentSecurityPolicy(options: {
  pathname: string;
  nonce: string;
  isDevelopment: boolean;
  publicUrl: string;
  nodeUrls: string[];
  facebook: FacebookSettings | null;
}): string {
  const nodes = nodeSources(options.nodeUrls, options.publicUrl).join(' ');
  const evalForReload = options.isDevelopment ? " 'unsafe-eval'" : '';
  // A form that starts a sign-in is redirected to Facebook, and the redirect is held to this rule too.
  const formTargets = options.facebook === null ? '' : ` ${new URL(options.facebook.wwwUrl).origin}`;
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${options.nonce}'${evalForReload}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob: https: http://localhost:* http://127.0.0.1:*",
    "font-src 'self' data:",
    `media-src 'self' blob: ${nodes}`,
    `connect-src 'self' ${nodes}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    `form-action 'self'${formTargets}`,
    embedPath.test(options.pathname) ? 'frame-ancestors *' : "frame-ancestors 'none'",
  ].join('; ');
}

/** On every answer, whoever makes it. */
export function commonHeaders(options: { isHttpsOnly: boolean }): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()',
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    ...(options.isHttpsOnly ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
