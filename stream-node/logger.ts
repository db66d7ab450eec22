import pino from 'pino';
import { logFormat } from './contract/log-format';

/** JSON lines; grants, keys and tokens never reach them. */
export function createLogger(options: { level: string }): Logger {
  return pino({ name: 'stream-node', level: options.level, ...logFormat });
}

export type Logger = pino.Logger;
