import { createServer } from 'node:net';
import { LaunchFault } from './launch-fault.mjs';

/**
 * Throws a `LaunchFault` when a port cannot be listened on, before any work is done for it.
 *
 * @param {string} host @param {number} port @param {string} setting the variable that chooses it
 */
export async function requireFreePort(host, port, setting) {
  const fault = await listenFault(host, port);
  if (fault === undefined) {
    return;
  }
  const reasons = {
    EADDRINUSE: `Port ${port} is taken: stop what uses it, or choose another with ${setting}=${port + 10}.`,
    EACCES: `Port ${port} may not be used by this user: choose one above 1023 with ${setting}.`,
    EADDRNOTAVAIL: `HOST ${host} is no address of this machine: correct it, or leave it out.`,
    ENOTFOUND: `HOST ${host} is no address of this machine: correct it, or leave it out.`,
  };
  throw new LaunchFault(reasons[fault] ?? `${host}:${port} cannot be listened on (${fault}).`);
}

/** @param {string} host @param {number} port */
export async function isFreePort(host, port) {
  return (await listenFault(host, port)) === undefined;
}

/** @returns {Promise<string | undefined>} the error code */
function listenFault(host, port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error.code ?? error.message));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
