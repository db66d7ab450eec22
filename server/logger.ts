import pino from 'pino';

export type Logger = pino.Logger;

/** JSON lines on standard output; secrets, cookies and grants never reach them. */
export function createLogger(options: { level: string }): Logger {
  return pino({
    name: 'web',
    level: options.level,
    redact: {
      paths: ['secret', 'grant', 'authorization', 'cookie', '*.secret', '*.grant', '*.authorization', '*.cookie'],
      censor: '[redacted]',
    },
  });
}

const shared = globalThis as { zyzzLogger?: Logger };

/** The process's one logger, also for code in the pages' bundle. */
export function sharedLogger(level: string): Logger {
  shared.zyzzLogger ??= createLogger({ level });
  return shared.zyzzLogger;
}
