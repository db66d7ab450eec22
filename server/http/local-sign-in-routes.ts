import type { Database } from '../../db/client';
import { sessionCookieName } from '../auth';
import { isLoopbackHost, offersLocalSignIn, type ServerEnv } from '../env';
import { AppError, parseInput } from '../errors';
import { LocalSignInInput, signInLocally } from '../users/sign-in-locally';
import { type HttpRequest, jsonAnswer, type Route } from './route';

const forwardingHeader = /^(forwarded|via|x-forwarded-.*|x-real-ip)$/;

/**
 * Whether this very request may sign in by name: only while the process is bound to and known by a loopback address, and
 * the request came over loopback, for a loopback host, and through no proxy.
 */
function mayLocallySignIn(env: ServerEnv, request: Pick<HttpRequest, 'headers' | 'remoteAddress'>): boolean {
  const host = request.headers.host ?? '';
  return (
    offersLocalSignIn(env) &&
    isLoopbackHost(request.remoteAddress) &&
    URL.canParse(`http://${host}`) &&
    // A public name that resolves to 127.0.0.1 is how DNS rebinding reaches a local server.
    isLoopbackHost(new URL(`http://${host}`).hostname) &&
    !Object.keys(request.headers).some((name) => forwardingHeader.test(name))
  );
}

/** Sign-in by name on one's own machine (`GET`: whether it is offered). */
export function localSignInRoutes(deps: { db: Database; env: ServerEnv }): Route[] {
  const path = '/api/local-sign-in';
  return [
    {
      method: 'GET',
      path,
      handle: (request) => jsonAnswer(200, { available: mayLocallySignIn(deps.env, request) }),
    },
    {
      method: 'POST',
      path,
      handle: async (request) => {
        if (!mayLocallySignIn(deps.env, request)) {
          throw new AppError('forbidden', 'Local sign-in is offered only on the machine itself');
        }
        const input = parseInput(LocalSignInInput, request.json());
        const session = await signInLocally(deps, input);
        const cookie = [
          `${sessionCookieName(deps.env)}=${session.sessionToken}`,
          'Path=/',
          `Expires=${session.expires.toUTCString()}`,
          'HttpOnly',
          'SameSite=Lax',
          ...(deps.env.publicUrl.startsWith('https://') ? ['Secure'] : []),
        ].join('; ');
        return jsonAnswer(200, { ok: true }, { 'set-cookie': cookie });
      },
    },
  ];
}
