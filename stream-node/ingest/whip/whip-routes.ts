import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { StreamId } from '../../contract/ids';
import { whipPath } from '../../contract/media-urls';
import { requestIdHeader } from '../../contract/request-id';
import { requestIdOf } from '../../request-id';
import type { WhipRefusal } from './sender-admission';
import type { WhipServer } from './whip-server';

/** An offer of a browser with two tracks has some 8 kB. */
const bodyBytesMax = 64 * 1024;
const bodyTimeoutMs = 10_000;

const offerType = 'application/sdp';
const trickleType = 'application/trickle-ice-sdpfrag';

const statuses: Record<WhipRefusal['code'] | HttpFault, number> = {
  no_webrtc: 501,
  bad_key: 401,
  too_many_attempts: 429,
  wrong_stream: 403,
  refused: 503,
  malformed: 400,
  unacceptable: 422,
  unknown_session: 404,
  other_ice_session: 412,
  not_found: 404,
  method_not_allowed: 405,
  bad_content_type: 415,
  body_too_large: 413,
  body_timeout: 408,
  if_match_required: 428,
};
type HttpFault =
  | 'not_found'
  | 'method_not_allowed'
  | 'bad_content_type'
  | 'body_too_large'
  | 'body_timeout'
  | 'if_match_required';

/** Any page may publish that has a key; there are no cookies here, so the wildcard is safe. */
const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': `location, etag, link, ${requestIdHeader}`,
};

type WhipPath = { streamId: string | null; sessionId: string | null };
type Exchange = { request: IncomingMessage; response: ServerResponse; server: WhipServer };

/**
 * WHIP (RFC 9725):
 *
 * | call | answer |
 * |---|---|
 * | `POST /whip/<stream id>` or `/whip`, `Authorization: Bearer <stream key>`, an offer as `application/sdp` | 201, the answer, `Location` of the session, `ETag` of its ICE session |
 * | `PATCH <session>`, `application/trickle-ice-sdpfrag`, `If-Match` | 204; 412 for another ICE session, 422 for an ICE restart |
 * | `DELETE <session>` | 200; the session is over |
 * | `OPTIONS` | 204 |
 * | another type, method, address | 415, 405, 404 |
 * | no key or a wrong one; one of another stream; too many wrong ones | 401; 403; 429 |
 * | an offer that is none; one of nothing that is taken | 400; 422 |
 * | a node that is full, away from the web or draining; one without WebRTC | 503; 501 |
 *
 * Answers `false` for a path that is none of these.
 */
export async function handleWhip(
  request: IncomingMessage,
  response: ServerResponse,
  server: WhipServer,
): Promise<boolean> {
  const pathname = request.url?.split('?', 1)[0] ?? '';
  if (pathname !== whipPath && !pathname.startsWith(`${whipPath}/`)) {
    return false;
  }
  response.setHeader(requestIdHeader, requestIdOf(request));
  const exchange = { request, response, server };
  const path = parsePath(pathname);
  if (path === null) {
    refuse(exchange, 'not_found', 'path: /whip/<stream id>, or the address of a session');
  } else if (request.method === 'OPTIONS') {
    request.resume();
    send(exchange, 204, { ...preflightHeaders, allow: allowed(path), ...(path.sessionId === null && acceptsOffers) });
  } else if (!allowed(path).includes(request.method ?? '')) {
    refuse(exchange, 'method_not_allowed', `method: only ${allowed(path)}`, { allow: allowed(path) });
  } else if (!(await server.isAvailable())) {
    refuse(exchange, 'no_webrtc', 'This server cannot speak WebRTC: send by RTMP, or from the booth');
  } else {
    await answer(exchange, path);
  }
  return true;
}

const acceptsOffers = { 'accept-post': offerType };
const preflightHeaders = {
  'access-control-allow-methods': 'POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, if-match',
  'access-control-max-age': '86400',
};

function allowed({ sessionId }: WhipPath): string {
  return sessionId === null ? 'POST, OPTIONS' : 'PATCH, DELETE, OPTIONS';
}

function parsePath(pathname: string): WhipPath | null {
  const [streamId, sessionId, ...more] = pathname.slice(whipPath.length).split('/').slice(1);
  if (streamId === undefined || (streamId === '' && sessionId === undefined)) {
    return { streamId: null, sessionId: null };
  }
  const isKnownShape = more.length === 0 && StreamId.safeParse(streamId).success;
  if (!isKnownShape || (sessionId !== undefined && !/^[A-Za-z0-9_-]{0,64}$/.test(sessionId))) {
    return null;
  }
  return { streamId, sessionId: sessionId || null };
}

async function answer(exchange: Exchange, path: WhipPath): Promise<void> {
  const { request } = exchange;
  const streamKey = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const wanted = { POST: offerType, PATCH: trickleType }[request.method ?? ''];
  if (streamKey === undefined) {
    refuse(exchange, 'bad_key', 'authorization: Bearer with the stream key is required');
  } else if (wanted !== undefined && contentType !== wanted) {
    refuse(exchange, 'bad_content_type', `content-type: only ${wanted}`, wanted === offerType ? acceptsOffers : {});
  } else if (path.sessionId === null) {
    await publish(exchange, path, streamKey);
  } else {
    await session(exchange, { streamId: path.streamId ?? '', sessionId: path.sessionId }, streamKey);
  }
}

async function publish(exchange: Exchange, path: WhipPath, streamKey: string): Promise<void> {
  const offerSdp = await body(exchange);
  if (offerSdp !== null) {
    const remoteAddress = exchange.request.socket.remoteAddress ?? '';
    const requestId = requestIdOf(exchange.request);
    const given = await exchange.server.publish(path, { streamKey, offerSdp, remoteAddress, requestId });
    if ('code' in given) {
      refuse(exchange, given.code, given.message);
      return;
    }
    const location = `${whipPath}/${given.streamId}/${given.sessionId}`;
    send(exchange, 201, { location, etag: given.iceTag, 'content-type': offerType }, given.answerSdp);
  }
}

async function session(
  exchange: Exchange,
  path: { streamId: string; sessionId: string },
  streamKey: string,
): Promise<void> {
  const { request, server } = exchange;
  if (request.method === 'DELETE') {
    request.resume();
    tell(exchange, 200, await server.finish(path, streamKey));
    return;
  }
  const iceTag = request.headers['if-match'];
  // RFC 9725, 4.3.1: without it a late candidate could be taken for one of another ICE session.
  if (iceTag === undefined) {
    refuse(exchange, 'if_match_required', 'If-Match: the ETag of the answer is required');
    return;
  }
  const fragment = await body(exchange);
  if (fragment !== null) {
    tell(exchange, 204, server.trickle(path, { streamKey, fragment, iceTag: iceTag === '*' ? null : iceTag }));
  }
}

function tell(exchange: Exchange, status: number, refusal: WhipRefusal | null): void {
  if (refusal === null) {
    send(exchange, status, {});
  } else {
    refuse(exchange, refusal.code, refusal.message);
  }
}

/** The whole body as text; null when that was refused. */
async function body(exchange: Exchange): Promise<string | null> {
  const { request } = exchange;
  const deadline = setTimeout(() => refuse(exchange, 'body_timeout', 'body: came too slowly'), bodyTimeoutMs);
  const slices: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const slice of request) {
      bytes += slice.byteLength;
      if (bytes > bodyBytesMax) {
        refuse(exchange, 'body_too_large', `body: at most ${bodyBytesMax} bytes`);
        return null;
      }
      slices.push(slice);
    }
    return exchange.response.headersSent ? null : Buffer.concat(slices).toString('utf8');
  } catch {
    // The other side has gone, or was sent away.
    return null;
  } finally {
    clearTimeout(deadline);
  }
}

function refuse(
  exchange: Exchange,
  code: keyof typeof statuses,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const { request, response } = exchange;
  const isEnding = !request.complete;
  request.resume();
  const more = {
    'content-type': 'application/json',
    ...(code === 'bad_key' && { 'www-authenticate': 'Bearer' }),
    ...(code === 'refused' && { 'retry-after': '2' }),
    ...(code === 'too_many_attempts' && { 'retry-after': '60' }),
    ...(isEnding && request.httpVersionMajor === 1 && { connection: 'close' }),
  };
  send(exchange, statuses[code], { ...more, ...headers }, `${JSON.stringify({ code, message })}\n`);
  if (code === 'body_too_large' || code === 'body_timeout') {
    response.once('finish', () => request.destroy());
  }
}

function send({ response }: Exchange, status: number, headers: OutgoingHttpHeaders, text?: string): void {
  if (!response.headersSent) {
    response.writeHead(status, { ...corsHeaders, 'cache-control': 'no-store', ...headers }).end(text);
  }
}
