import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopbackHost } from './loopback-host';

/** What a proxy adds; whoever asked is then somebody else than the connection says. */
const forwardingHeader = /^(forwarded|via|x-forwarded-.*|x-real-ip)$/;

export type MetricsRequest = {
  headers: Record<string, string | string[] | undefined>;
  /** of the connection */
  remoteAddress: string;
};

export type MetricsRule = {
  /** each of which opens the metrics, as `Authorization: Bearer …` */
  tokens: readonly string[];
  /** what the process listens on */
  host: string;
  /** where people reach it */
  publicUrl: string;
};

/**
 * Who may read `/metrics`: whoever bears one of the tokens; and on a machine that serves nobody else, also its own people
 * without one. Where the process is reached from elsewhere even a request over loopback may be a proxy's, passing on a
 * stranger's, so there a token is always asked for.
 */
export function mayReadMetrics(request: MetricsRequest, rule: MetricsRule): boolean {
  const { authorization } = request.headers;
  if (typeof authorization === 'string') {
    return rule.tokens.map((token) => isEqual(authorization, `Bearer ${token}`)).includes(true);
  }
  const askedHost = String(request.headers.host ?? request.headers[':authority'] ?? '');
  return (
    isLoopbackHost(rule.host) &&
    isLoopbackHost(new URL(rule.publicUrl).hostname) &&
    isLoopbackHost(request.remoteAddress) &&
    // A public name that resolves to 127.0.0.1 is how a page of another site reaches a local server.
    URL.canParse(`http://${askedHost}`) &&
    isLoopbackHost(new URL(`http://${askedHost}`).hostname) &&
    !Object.keys(request.headers).some((name) => forwardingHeader.test(name))
  );
}

/** Takes the same time whatever is wrong: both sides are hashed to one length first. */
function isEqual(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
