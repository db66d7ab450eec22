import { z } from 'zod';
import { PublicId } from '../../stream-node/contract/ids';

export const RecordingIdInput = z.object({ streamId: PublicId });
export type RecordingIdInput = z.output<typeof RecordingIdInput>;

const secondsRule = 'must be seconds from the beginning of the recording, 0 or more';
const OffsetSeconds = z
  .number(secondsRule)
  .min(0, secondsRule)
  .max(14 * 24 * 3600, secondsRule)
  .nullable();

/** `null`: from the very beginning, to the very end; both: the trim is undone. */
export const TrimRecordingInput = z
  .object({ streamId: PublicId, startSeconds: OffsetSeconds, endSeconds: OffsetSeconds })
  .refine(({ startSeconds, endSeconds }) => (startSeconds ?? 0) < (endSeconds ?? Number.POSITIVE_INFINITY), {
    path: ['endSeconds'],
    message: 'must be later than the start',
  });
export type TrimRecordingInput = z.output<typeof TrimRecordingInput>;
