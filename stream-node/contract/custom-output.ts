import { z } from 'zod';
import { AudioRendition, VideoRendition } from './ladder';
import { FrameRate } from './profiles';

/** What is made of a source to order, in the place of what would be planned from it. */
export const CustomOutput = z.object({
  /** best picture first; empty for sound alone */
  video: z.array(VideoRendition.omit({ frameRate: true })).max(10),
  /** of all pictures; absent: as the source has it */
  frameRate: FrameRate.optional(),
  audio: z.array(AudioRendition).max(5),
  /** from keyframe to keyframe, as near as whole parts come */
  gopSeconds: z.number().min(0.1).max(10),
  segmentSeconds: z.number().min(1).max(10),
  /** parts of a third of a second; else each part is as long as the format and the keyframes let it be */
  isLowLatency: z.boolean(),
});
export type CustomOutput = z.infer<typeof CustomOutput>;
