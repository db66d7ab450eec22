import { z } from 'zod';
import { StreamState, statusNumbers } from '../../../stream-node/contract/stream-state';
import type { StreamFacts } from '../../streams/load-stream-facts';
import { ApiTime, apiTime } from './api-values';

/** A stream on the wire. */
export const ApiStream = z
  .object({
    id: z.string(),
    key: z.int(),
    name: z.string(),
    description: z.string(),
    created_at: ApiTime,
    started_at: ApiTime,
    ended_at: ApiTime,
    status: z
      .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
      .describe('created, streaming, stopped, error'),
    state: StreamState.describe('the word of the state machine'),
    reason: z.string().describe('why it failed or ended, where there is something to say'),
    endpoint: z.string().describe('the stream’s folder at its own server; empty while it has none'),
    subscriber_count: z.int().describe('open viewers'),
    creator_id: z.int(),
    stream_server_id: z.int().describe('0 while it has none'),
    event_id: z.int(),
    transport_url: z.string().describe('ipc: the local sockets by which its server hands media to its packager'),
    kind: z.enum(['audio', 'video']),
    language: z.string().describe('BCP 47'),
    record: z.boolean(),
    visibility: z.enum(['public', 'private']),
    playback: z
      .object({ hls: z.string(), dash: z.string(), audio: z.string() })
      .nullable()
      .describe('null while it has no server'),
  })
  .meta({ id: 'Stream' });

export function apiStream(record: StreamFacts): z.input<typeof ApiStream> {
  const { view, nodeUrl, socketDirectory, playback } = record;
  return {
    id: view.id,
    key: record.key,
    name: view.name,
    description: view.description,
    created_at: apiTime(view.createdAt),
    started_at: apiTime(view.startedAt),
    ended_at: apiTime(view.endedAt),
    status: statusNumbers[view.state],
    state: view.state,
    reason: view.reason ?? '',
    endpoint: nodeUrl === null ? '' : `${nodeUrl}/stream/${view.id}/`,
    subscriber_count: view.viewers,
    creator_id: record.ownerKey,
    stream_server_id: record.nodeKey ?? 0,
    event_id: record.eventKey,
    transport_url: socketDirectory === null ? '' : `ipc://${socketDirectory}/${view.id}`,
    kind: view.kind,
    language: view.language,
    record: view.record,
    visibility: view.visibility,
    playback: playback && { hls: playback.hls, dash: playback.dash, audio: playback.audio },
  };
}
