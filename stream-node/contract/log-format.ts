// How both processes write their logs: JSON lines that hold no secret, whatever was handed to the logger.

/** Fields that hold secrets, at the top of a line and one level down. */
const secretFields = ['secret', 'grant', 'authorization', 'cookie', 'streamKey', 'token', 'sessionToken', 'password'];

const redacted = '[redacted]';

/** What our secrets look like wherever they stand: in a URL, in an error's words, in what a client sent. */
const secretShapes: [pattern: RegExp, replacement: string][] = [
  // stream keys
  [/\bsk_[A-Za-z0-9_-]{16,}/g, `sk_${redacted}`],
  // personal API tokens
  [/\bzyzz_[A-Za-z0-9_-]{32,}/g, `zyzz_${redacted}`],
  // grants: JWS in compact form
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g, redacted],
  [/\b(bearer|basic) +[A-Za-z0-9._~+/=-]+/gi, `$1 ${redacted}`],
  [/(session-token|csrf-token|signed_request|access_token|client_secret)(=|%3D)[^;&\s"\\]+/gi, `$1$2${redacted}`],
  // the password of a database or an S3 endpoint
  [/(\w+:\/\/[^\s:/@"]+:)[^\s@/"]+@/g, `$1${redacted}@`],
];

export function withoutSecrets(line: string): string {
  return secretShapes.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}

export type LoggedError = { type: string; message: string; code?: string; stack?: string; cause?: LoggedError };

/**
 * An error as a line shows it: what happened and where, and none of the other fields that libraries hang on their errors. A
 * failed query is shown without its parameters, which are people's data and secrets.
 */
export function loggedError(error: unknown): LoggedError | unknown {
  if (!(error instanceof Error)) {
    return error;
  }
  const message = messageOf(error);
  const frames = error.stack?.slice(error.stack.search(/\n\s+at /));
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message,
    ...(typeof code === 'string' && { code }),
    ...(frames?.startsWith('\n') && { stack: `${error.name}: ${message}${frames}` }),
    ...(error.cause instanceof Error && { cause: loggedError(error.cause) }),
  };
}

function messageOf(error: Error): string {
  const { query } = error as { query?: unknown };
  return typeof query === 'string' ? `Failed query: ${query}` : error.message;
}

/** The options by which a pino logger writes so. */
export const logFormat = {
  redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: redacted },
  serializers: { err: loggedError, error: loggedError },
  hooks: { streamWrite: withoutSecrets },
};
