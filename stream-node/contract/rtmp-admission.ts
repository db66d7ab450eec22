import { z } from 'zod';
import { NodeId, StreamId } from './ids';

/**
 * An encoder dials any node with a stream key; the node asks the web whose it is, before it reads a byte of media
 * (`POST`, `Authorization: Bearer <node secret>`). A yes is an assignment: a stream that was another node's is the asking
 * node's from then on, in a higher epoch.
 */
export const rtmpAdmissionPath = '/internal/nodes/rtmp-admission';

/** SHA-256 of a stream key, in lower-case hexadecimal: the key itself never leaves the node's RTMP room. */
export const StreamKeyHash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');

export const RtmpAdmissionRequest = z.object({ nodeId: NodeId, keyHash: StreamKeyHash });
export type RtmpAdmissionRequest = z.infer<typeof RtmpAdmissionRequest>;

export const RtmpRefusalCode = z.enum([
  /** nobody's key, or one that was rotated or revoked: which of them is not said */
  'bad_key',
  /** the key is right, and its stream is over or stopped */
  'stream_over',
  /** the web does not know the asking node (yet), or it is to take nothing new */
  'node_not_ready',
]);
export type RtmpRefusalCode = z.infer<typeof RtmpRefusalCode>;

export const RtmpAdmissionAnswer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), streamId: StreamId, epoch: z.int().min(1) }),
  /** `message` is for the broadcaster, who reads it in the encoder */
  z.object({ ok: z.literal(false), code: RtmpRefusalCode, message: z.string().max(300) }),
]);
export type RtmpAdmissionAnswer = z.infer<typeof RtmpAdmissionAnswer>;
