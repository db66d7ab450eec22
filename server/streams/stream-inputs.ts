import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';
import { LatencyProfile } from '../../stream-node/contract/profiles';
import { Description, LanguageTag, Name } from '../text/plain-text';

export const StreamKind = z.enum(['audio', 'video'], 'must be audio or video');
export const Visibility = z.enum(['public', 'private'], 'must be public or private');

export const CreateStreamInput = z.object({
  eventId: PublicId,
  name: Name,
  description: Description.optional(),
  kind: StreamKind,
  language: LanguageTag,
  record: z.boolean(),
  profile: LatencyProfile.optional(),
  visibility: Visibility.optional(),
  /** how far back viewers may go while it is live; ten minutes without a word */
  dvrWindowSeconds: z.int().min(0).max(14_400, 'must be at most four hours (14400)').optional(),
});
export type CreateStreamInput = z.output<typeof CreateStreamInput>;

export const UpdateStreamInput = z.object({
  streamId: PublicId,
  name: Name.optional(),
  description: Description.optional(),
  language: LanguageTag.optional(),
});
export type UpdateStreamInput = z.output<typeof UpdateStreamInput>;

/** For the calls that name a stream and nothing else. */
export const StreamIdInput = z.object({ streamId: PublicId });
export type StreamIdInput = z.output<typeof StreamIdInput>;

export const RenewPublishGrantInput = StreamIdInput.extend({
  /** only to send what an earlier session of the stream left; then the stream may be over */
  backfill: z.boolean().optional(),
});
export type RenewPublishGrantInput = z.output<typeof RenewPublishGrantInput>;

export const ListStreamsInput = z.object({ eventId: PublicId, includeEnded: z.boolean().optional() });
export type ListStreamsInput = z.output<typeof ListStreamsInput>;
