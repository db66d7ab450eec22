import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { type PieceCall, pieceCallPath, pieceFormBytesMax } from '../../stream-node/contract/piece-uploads';
import { requestIdHeader } from '../../stream-node/contract/request-id';
import { AppError } from '../errors';
import { currentRequest } from '../request-scope';
import type { PieceAccess } from './piece-access';

export type NodeAnswer = { status: number; body: string };

/** A stop waits until the last piece is in the recording; nothing takes longer, in milliseconds. */
const answerTimeoutMs = 15 * 60_000;
const answerBytesMax = 64 * 1024;
const nodeAway = "The stream's node cannot be reached at the moment; try again";

/**
 * Calls a node about pieces. The body goes through as it comes: no more than a few slices of it are in memory, and what
 * breaks off here breaks off there.
 *
 * @throws AppError `payload_too_large`, `bad_request` when the caller's connection broke, `no_node_available`
 */
export async function callNode(
  access: PieceAccess,
  named: { streamId: string; call: PieceCall },
  incoming?: IncomingMessage,
): Promise<NodeAnswer> {
  const upstream = open(access, named, incoming?.headers['content-type']);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', (cause) => reject(new AppError('no_node_available', nodeAway, { cause })));
  });
  // It is looked at below; a node that is gone while the body is still read must not end the process.
  answered.catch(() => {});
  try {
    if (incoming !== undefined) {
      await hand(incoming, upstream, answered);
    }
    upstream.end();
    return await readAnswer(await answered);
  } catch (error) {
    upstream.destroy();
    throw error;
  }
}

function open(
  { controlUrl, grant }: PieceAccess,
  { streamId, call }: { streamId: string; call: PieceCall },
  contentType: string | undefined,
): ClientRequest {
  const url = new URL(`${controlUrl}${pieceCallPath(streamId, call)}`);
  const requestId = currentRequest()?.requestId;
  const headers: OutgoingHttpHeaders = {
    authorization: `Bearer ${grant}`,
    ...(requestId === undefined ? {} : { [requestIdHeader]: requestId }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
  const { request } = url.protocol === 'https:' ? https : http;
  const upstream = request(url, { method: 'POST', headers });
  upstream.setTimeout(answerTimeoutMs, () => upstream.destroy(new Error('the node did not answer in time')));
  return upstream;
}

/** Hands the body on until it ends, or until the node has answered: then it wants no more of it. */
async function hand(incoming: IncomingMessage, upstream: ClientRequest, answered: Promise<unknown>): Promise<void> {
  let isAnswered = false;
  const settled = answered.then(
    () => {
      isAnswered = true;
    },
    () => {
      isAnswered = true;
    },
  );
  let bytes = 0;
  try {
    for await (const slice of incoming.iterator({ destroyOnReturn: false })) {
      bytes += slice.length;
      if (bytes > pieceFormBytesMax) {
        throw new AppError('payload_too_large', 'video_chunk: must be at most 64 MiB');
      }
      if (isAnswered) {
        return;
      }
      if (!upstream.write(slice)) {
        await Promise.race([once(upstream, 'drain').catch(() => {}), settled]);
      }
    }
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    throw new AppError('bad_request', 'body: the upload broke off', { cause: error });
  }
}

async function readAnswer(response: IncomingMessage): Promise<NodeAnswer> {
  const slices: Buffer[] = [];
  let bytes = 0;
  for await (const slice of response) {
    bytes += slice.length;
    if (bytes > answerBytesMax) {
      throw new AppError('no_node_available', nodeAway);
    }
    slices.push(slice);
  }
  return { status: response.statusCode ?? 502, body: Buffer.concat(slices).toString('utf8') };
}
