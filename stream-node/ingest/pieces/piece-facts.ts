import { z } from 'zod';
import { FrameRate } from '../../contract/profiles';

/** The containers a piece may have; ffmpeg is told which, so that it never guesses. */
export const PieceContainer = z.enum(['mp4', 'mpegts', 'matroska']);
export type PieceContainer = z.infer<typeof PieceContainer>;

/** What ffprobe read in a piece. Times are the file's own, in seconds, of what is shown and heard. */
export const PieceFacts = z.object({
  video: z
    .object({
      codec: z.string(),
      profile: z.string(),
      pixelFormat: z.string(),
      /** as it is shown, rotation applied */
      width: z.int().min(1),
      height: z.int().min(1),
      isTurned: z.boolean(),
      frameRate: FrameRate,
      startSeconds: z.number(),
      endSeconds: z.number(),
      startsWithKeyframe: z.boolean(),
      /** frames that an edit list hides, before the first one that is shown */
      hasHiddenFrames: z.boolean(),
      /** of its decoder: where it differs, the one of the piece before does not fit */
      configuration: z.string(),
    })
    .optional(),
  audio: z
    .object({
      codec: z.string(),
      profile: z.string(),
      channels: z.int().min(1),
      sampleRate: z.int().min(1),
      startSeconds: z.number(),
      endSeconds: z.number(),
      /** it begins with samples that only fill the decoder: the sound was encoded for this file alone */
      hasPriming: z.boolean(),
      configuration: z.string(),
    })
    .optional(),
});
export type PieceFacts = z.infer<typeof PieceFacts>;
