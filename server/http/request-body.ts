import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors';

const tooLarge = (bytesMax: number) => new AppError('payload_too_large', `The body may be at most ${bytesMax} bytes`);

const noBody = Buffer.alloc(0);

/** The length a request declares; `null` when it sends a body without saying how long (chunked). */
export function declaredBodyBytes(request: IncomingMessage): number | null {
  if (request.headers['transfer-encoding'] !== undefined) {
    return null;
  }
  return Number(request.headers['content-length'] ?? 0);
}

/**
 * Reads a body into memory, but never more of it than `bytesMax`.
 *
 * @throws AppError `payload_too_large`; the rest of the body is then still unread
 */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const declaredBytes = declaredBodyBytes(request);
  if (declaredBytes === 0) {
    return noBody;
  }
  if (declaredBytes !== null && declaredBytes > bytesMax) {
    throw tooLarge(bytesMax);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw tooLarge(bytesMax);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** So much of a refused body is read and thrown away, so that its sender gets to read the answer. */
const discardBytesMax = 64 * 1024 * 1024;

/** Reads on and throws away; a connection that sends more than any honest mistake is cut. */
export function discardBody(request: IncomingMessage): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardBytesMax) {
      request.destroy();
    }
  });
  request.resume();
}

/** @throws AppError `bad_request` */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AppError('bad_request', 'The body must be JSON', { cause });
  }
}
