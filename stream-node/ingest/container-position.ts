import { z } from 'zod';

/**
 * How far the times of a container were read, so that reading can go on there without what came before. What the
 * container's head says is not part of it: the head is always kept.
 */
export const ContainerPosition = z.object({
  /** media bytes before it */
  bytes: z.int().min(0),
  newestMs: z.number().nullable(),
  /** of Matroska: where in the tree of elements it is */
  matroska: z
    .object({
      /** the beginning of an element's head, base64 */
      held: z.string(),
      skipBytes: z.int().min(0),
      clusterTicks: z.number(),
      clusterOffset: z.int().min(0).nullable(),
      isLost: z.boolean(),
    })
    .optional(),
  /** of FLV */
  flv: z.object({ hasVideo: z.boolean(), hasLateConfig: z.boolean() }).optional(),
});
export type ContainerPosition = z.infer<typeof ContainerPosition>;
