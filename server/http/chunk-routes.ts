import { z } from 'zod';
import { getChunkPlaylist } from '../chunk-streams/get-chunk-playlist';
import { StartChunkStreamInput, startChunkStream } from '../chunk-streams/start-chunk-stream';
import { stopChunkStream } from '../chunk-streams/stop-chunk-stream';
import { uploadChunk } from '../chunk-streams/upload-chunk';
import { AppError, parseInput } from '../errors';
import type { OperationContext } from '../operation-context';
import { StreamIdInput } from '../streams/stream-inputs';
import type { Actor } from '../users/session-user';
import type { ApiDescription } from './api/api-description';
import { type ApiDeps, limitedAnswer } from './api/limited-answer';
import type { Surface } from './api/surface';
import { requestActor } from './request-actor';
import { type HttpAnswer, type HttpRequest, jsonAnswer, type Route } from './route';

type Handler = (context: OperationContext, request: HttpRequest) => Promise<HttpAnswer>;

/** Answers are `{"success": true, "message", …}`, errors `{"success": false, "message"}`. */
const pieces: Surface = {
  answerBody: (data) => data,
  errorBody: ({ message }) => ({ success: false, message }),
};

const Params = z.object({ streamId: z.string() });
const Done = z.object({ success: z.literal(true), message: z.string() });
const Playlist = z.string().describe('a media playlist (RFC 8216)');

/** Chunk streaming, for a broadcaster who can only upload files: complete pieces of 1 to 30 s become one stream. */
export function chunkRoutes(deps: ApiDeps): Route[] {
  const { db, env, logger } = deps;
  const route = (
    method: Route['method'],
    path: string,
    handle: Handler,
    description: Omit<ApiDescription, 'tag' | 'surface'>,
    more: Partial<Route> = {},
  ): Route => ({
    ...{ method, path: `/api/streams/${path}`, ...more },
    takesBearer: true,
    errorBody: pieces.errorBody,
    description: { ...description, tag: 'chunk streaming', surface: pieces },
    handle: async (request) => {
      const answer = (actor: Actor | null) => handle({ db, env, logger, actor }, request);
      // Players ask for playlists without end, many of them from one address: that is media, and not limited.
      return method === 'GET'
        ? await answer(await requestActor(deps, request.headers))
        : await limitedAnswer(deps, { surface: pieces, request }, answer);
    },
  });
  return [
    route('POST', 'start', start, {
      summary: 'Start a stream that is sent in files',
      caller: 'signed in',
      body: StartChunkStreamInput,
      answer: Done.extend({ streamId: z.string() }),
    }),
    route(
      'POST',
      ':streamId/upload',
      upload,
      {
        summary: 'Upload a piece: a form (multipart/form-data) of `sequence` and `video_chunk`',
        caller: 'owner',
        params: Params,
        answer: Done,
      },
      { bodyIsStreamed: true },
    ),
    route('GET', ':streamId/live.m3u8', (context, request) => playlist(context, request, 'live'), {
      summary: 'The pieces as a media playlist, as they come',
      caller: 'anyone',
      params: Params,
      answer: Playlist,
    }),
    route('GET', ':streamId/video.m3u8', (context, request) => playlist(context, request, 'video'), {
      summary: 'All pieces as a video, once the stream was stopped',
      caller: 'anyone',
      params: Params,
      answer: Playlist,
    }),
    route('POST', ':streamId/stop', stop, {
      summary: 'Finish the stream; it plays as a video at once',
      caller: 'owner',
      params: Params,
      answer: Done.extend({ videoId: z.string().nullable(), videoUrl: z.string().nullable() }),
    }),
  ];
}

async function start(context: OperationContext, request: HttpRequest): Promise<HttpAnswer> {
  const input = parseInput(StartChunkStreamInput, request.body.length === 0 ? {} : request.json());
  const { streamId } = await startChunkStream(context, input);
  return jsonAnswer(200, { success: true, message: 'Stream started successfully.', streamId });
}

async function upload(context: OperationContext, request: HttpRequest): Promise<HttpAnswer> {
  const { status, answer } = await uploadChunk(context, streamOf(request), request.incoming);
  return jsonAnswer(status, { success: answer.success, message: answer.message });
}

async function playlist(context: OperationContext, request: HttpRequest, name: 'live' | 'video'): Promise<HttpAnswer> {
  const { text, isPublic } = await getChunkPlaylist(context, { ...streamOf(request), playlist: name });
  return {
    status: 200,
    headers: {
      'content-type': 'application/vnd.apple.mpegurl',
      'cache-control': isPublic ? 'public, max-age=0, s-maxage=1, must-revalidate' : 'private, no-cache',
      // What is private is shown to a session or a token, which another site's page must not use.
      ...(isPublic && { 'access-control-allow-origin': '*' }),
    },
    body: text,
  };
}

async function stop(context: OperationContext, request: HttpRequest): Promise<HttpAnswer> {
  const input = streamOf(request);
  const { hasVideo } = await stopChunkStream(context, input);
  if (!hasVideo) {
    const message = 'Stream finalized successfully. There is no VOD: no chunk was uploaded.';
    return jsonAnswer(200, { success: true, message, videoId: null, videoUrl: null });
  }
  return jsonAnswer(200, {
    success: true,
    message: 'Stream finalized successfully. VOD created.',
    videoId: input.streamId,
    videoUrl: `${context.env.publicUrl}/api/streams/${input.streamId}/video.m3u8`,
  });
}

/** An id that none can be is none. */
function streamOf({ params }: HttpRequest): StreamIdInput {
  const parsed = StreamIdInput.safeParse({ streamId: params.streamId });
  if (!parsed.success) {
    throw new AppError('not_found', 'There is no such stream');
  }
  return parsed.data;
}
