import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../clock';
import { ingestCloseCodes } from '../../contract/ingest-protocol';
import { type PieceAnswer, type PieceStopAnswer, parsePieceCallPath } from '../../contract/piece-uploads';
import { requestIdHeader } from '../../contract/request-id';
import type { Logger } from '../../logger';
import { requestIdOf } from '../../request-id';
import { type Admissions, admit } from '../admission';
import { refusals } from '../refusals';
import { type PieceForm, readPieceForm } from './piece-form';
import { PieceRefused } from './piece-refused';

/** A broadcaster's call that was let in. */
export type AdmittedCall = { streamId: string; epoch: number };

/** Reads the form of an upload, once. @throws PieceRefused */
export type ReadForm = (filePath: string) => Promise<PieceForm>;

export type PieceCallsOptions = {
  admissions: Admissions;
  clock: Clock;
  logger: Logger;
  /** Keeps a piece; `read` reads its form, the file to a path. @throws PieceRefused */
  upload(call: AdmittedCall, read: ReadForm): Promise<PieceAnswer>;
  /** @throws PieceRefused */
  stop(call: AdmittedCall): Promise<PieceStopAnswer>;
};

/**
 * The calls of `contract/piece-uploads.ts`. What is refused is answered as `{"success": false, "message"}`:
 *
 * | request | answer |
 * |---|---|
 * | no publish grant, or a bad one | 401, 403 |
 * | a stream that is not on this node | 404 |
 * | a stream that is over; a sequence that was sent with other bytes | 409 |
 * | a form that breaks off, lacks a field, or has a bad one | 400 |
 * | another content type | 415 |
 * | a piece of more than 64 MiB, as soon as that is known | 413 |
 * | a file that is no media, is cut off, or does not last 1 to 30 s | 422 |
 *
 * @returns false, and the request untouched, for any other path
 */
export async function handlePieceCall(
  request: IncomingMessage,
  response: ServerResponse,
  options: PieceCallsOptions,
): Promise<boolean> {
  const named = parsePieceCallPath(request.url?.split('?', 1)[0] ?? '');
  if (named === null) {
    return false;
  }
  response.setHeader(requestIdHeader, requestIdOf(request));
  try {
    if (request.method !== 'POST') {
      throw new PieceRefused(405, 'method: only POST');
    }
    const call = await admitCall(request, named.streamId, options);
    if (named.call === 'stop') {
      request.resume();
      send(response, 200, await options.stop(call));
    } else {
      send(response, 200, await options.upload(call, (filePath) => readPieceForm(request, filePath)));
    }
  } catch (error) {
    refuse(request, response, error, { ...options, streamId: named.streamId });
  }
  return true;
}

async function admitCall(
  request: IncomingMessage,
  streamId: string,
  { admissions, clock }: PieceCallsOptions,
): Promise<AdmittedCall> {
  const [, grant = ''] = /^Bearer (\S{1,2048})$/.exec(request.headers.authorization ?? '') ?? [];
  const admission = await admit({ streamId, grant }, admissions, clock);
  if (admission.ok) {
    return { streamId, epoch: admission.epoch };
  }
  const { code } = admission;
  const { message } = refusals[code];
  switch (ingestCloseCodes[code]) {
    case 4401:
      throw new PieceRefused(401, message);
    case 4403:
      throw new PieceRefused(403, message);
    case 4410:
      throw new PieceRefused(409, message);
    case 4421:
      throw new PieceRefused(404, message);
    default:
      throw new PieceRefused(503, message);
  }
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  { logger, streamId }: { logger: Logger; streamId: string },
): void {
  const isRefused = error instanceof PieceRefused;
  const requestId = requestIdOf(request);
  if (isRefused) {
    logger.info({ requestId, streamId, status: error.status, reason: error.message }, 'a piece was refused');
  } else {
    logger.error({ requestId, streamId, err: error }, 'a piece could not be kept');
  }
  const message = isRefused ? error.message : 'Something failed on our side; send it again';
  // The rest of a refused body is not read: the connection cannot be used for another request (RFC 9112 9.3).
  const isLast = !request.complete && request.httpVersionMajor === 1;
  send(response, isRefused ? error.status : 500, { success: false, message }, isLast);
}

function send(response: ServerResponse, status: number, answer: PieceAnswer, isLast = false): void {
  if (response.headersSent || response.destroyed) {
    return;
  }
  const body = JSON.stringify(answer);
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    ...(isLast && { connection: 'close' }),
  });
  response.end(body);
}
