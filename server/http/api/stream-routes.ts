import { z } from 'zod';
import type { OperationContext } from '../../operation-context';
import { createStream } from '../../streams/create-stream';
import { deleteStream } from '../../streams/delete-stream';
import { endStream } from '../../streams/end-stream';
import { getStreamFacts } from '../../streams/load-stream-facts';
import { pageStreams } from '../../streams/page-streams';
import { CreateStreamInput, UpdateStreamInput } from '../../streams/stream-inputs';
import { updateStream } from '../../streams/update-stream';
import type { Route } from '../route';
import { apiRoute } from './api-route';
import { ApiTime, apiTime, FlagInput } from './api-values';
import { IdReference, publicIdOf } from './id-reference';
import type { ApiDeps } from './limited-answer';
import { nextPageHeader, PageQuery, pageRequest } from './paging';
import { ApiStream, apiStream } from './stream-answer';

const ApiPublish = z
  .object({
    websocket: z.string(),
    grant: z.string().describe('secret: what a publisher by WebSocket greets with'),
    grant_expires_at: ApiTime,
    rtmp: z
      .object({ url: z.string(), stream_key: z.string().describe('secret, told this once') })
      .nullable()
      .describe('null where no server takes encoders'),
    whip: z.string().nullable().describe('RFC 9725, with `rtmp.stream_key` as the bearer token; null like `rtmp`'),
    chunk_upload: z.string(),
  })
  .meta({ id: 'Publish' });

const NewApiStream = ApiStream.extend({ publish: ApiPublish }).meta({ id: 'NewStream' });

const { shape } = CreateStreamInput;
const newStream = {
  name: shape.name,
  description: shape.description,
  kind: shape.kind,
  language: shape.language.default('en'),
  record: FlagInput.default(true),
  visibility: shape.visibility,
  profile: shape.profile,
};
const NewStreamOfEvent = z.object(newStream);
const NewStream = z.object({ event_id: IdReference, ...newStream });

const StreamParams = z.object({ id: IdReference });

async function makeStream(
  context: OperationContext,
  event: IdReference,
  body: z.output<typeof NewStreamOfEvent>,
): Promise<z.input<typeof NewApiStream>> {
  const eventId = await publicIdOf(context.db, 'event', event);
  const { stream, publish } = await createStream(context, { ...body, eventId });
  const { rtmp } = publish;
  return {
    ...apiStream(await getStreamFacts(context, { streamId: stream.id })),
    publish: {
      websocket: publish.websocketUrl,
      grant: publish.grant,
      grant_expires_at: apiTime(new Date(publish.expiresAtMs)),
      rtmp: rtmp && { url: rtmp.url, stream_key: rtmp.streamKey },
      whip: rtmp?.whipUrl ?? null,
      chunk_upload: `${context.env.publicUrl}/api/streams/${stream.id}/upload`,
    },
  };
}

/** Streams: made, told, renamed, ended, deleted. */
export function streamRoutes(deps: ApiDeps): Route[] {
  const tag = 'streams';
  const creates = { tag, caller: 'signed in', answer: NewApiStream, status: 201, isIdempotent: true } as const;
  const oneStream = { tag, params: StreamParams, answer: ApiStream } as const;
  return [
    apiRoute(deps, {
      ...creates,
      method: 'POST',
      path: '/api/stream',
      summary: 'Make a stream on the stream server with the least connections',
      body: NewStream,
      handle: async ({ context, body: { event_id, ...body } }) => ({ data: await makeStream(context, event_id, body) }),
    }),
    apiRoute(deps, {
      ...creates,
      method: 'POST',
      path: '/api/event/:id/streams',
      summary: 'Make a stream of an event on the stream server with the least connections',
      params: z.object({ id: IdReference }),
      body: NewStreamOfEvent,
      handle: async ({ context, params, body }) => ({ data: await makeStream(context, params.id, body) }),
    }),
    apiRoute(deps, {
      method: 'GET',
      path: '/api/stream',
      summary: 'All streams that the caller may see, newest first',
      tag,
      caller: 'anyone',
      query: PageQuery,
      answer: z.array(ApiStream),
      handle: async ({ context, query, request }) => {
        const page = pageRequest(query);
        const records = await pageStreams(context, page);
        return { data: records.map(apiStream), headers: nextPageHeader(request, page, records) };
      },
    }),
    apiRoute(deps, {
      ...oneStream,
      method: 'GET',
      path: '/api/stream/:id',
      summary: 'One stream',
      caller: 'anyone',
      handle: async ({ context, params }) => {
        const streamId = await publicIdOf(context.db, 'stream', params.id);
        return { data: apiStream(await getStreamFacts(context, { streamId })) };
      },
    }),
    apiRoute(deps, {
      ...oneStream,
      method: 'PUT',
      path: '/api/stream/:id',
      summary: 'Rename or describe one’s own stream',
      caller: 'owner',
      body: UpdateStreamInput.omit({ streamId: true }),
      handle: async ({ context, params, body }) => {
        const streamId = await publicIdOf(context.db, 'stream', params.id);
        await updateStream(context, { ...body, streamId });
        return { data: apiStream(await getStreamFacts(context, { streamId })) };
      },
    }),
    apiRoute(deps, {
      ...oneStream,
      method: 'POST',
      path: '/api/stream/:id/stop',
      summary: 'End one’s own stream; ending it again changes nothing',
      caller: 'owner',
      handle: async ({ context, params }) => {
        const streamId = await publicIdOf(context.db, 'stream', params.id);
        await endStream(context, { streamId });
        return { data: apiStream(await getStreamFacts(context, { streamId })) };
      },
    }),
    apiRoute(deps, {
      method: 'DELETE',
      path: '/api/stream/:id',
      summary: 'Delete one’s own ended stream with its recording',
      tag,
      caller: 'owner',
      params: StreamParams,
      answer: z.object({ id: z.string() }),
      handle: async ({ context, params }) => {
        const streamId = await publicIdOf(context.db, 'stream', params.id);
        await deleteStream(context, { streamId });
        return { data: { id: streamId } };
      },
    }),
  ];
}
