import pino from 'pino';
import { logFormat } from '../stream-node/contract/log-format';
import { currentRequest } from './request-scope';

export type Logger = pino.Logger;

/** The ids that tell which lines belong together. */
function idsOfRequest(): { requestId?: string; streamId?: string } {
  const scope = currentRequest();
  if (scope === undefined) {
    return {};
  }
  const { requestId, streamId } = scope;
  return streamId === undefined ? { requestId } : { requestId, streamId };
}

/** JSON lines, on standard output unless told otherwise; secrets, cookies and grants never reach them. */
export function createLogger(options: { level: string }, destination?: pino.DestinationStream): Logger {
  const settings = { name: 'web', level: options.level, mixin: idsOfRequest, ...logFormat };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

const shared = globalThis as { zyzzLogger?: Logger };

/** The process's one logger, also for code in the pages' bundle. */
export function sharedLogger(level: string): Logger {
  shared.zyzzLogger ??= createLogger({ level });
  return shared.zyzzLogger;
}
