import pino from 'pino';

/** JSON lines; grants, keys and tokens never reach them. */
export function createLogger(options: { level: string }): Logger {
  return pino({
    name: 'stream-node',
    level: options.level,
    redact: {
      paths: ['grant', '*.grant', 'secret', '*.secret', 'authorization', '*.authorization'],
      censor: '[redacted]',
    },
  });
}

export type Logger = pino.Logger;
