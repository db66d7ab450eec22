import { z } from 'zod';

/** That a room has news, never the news itself: readers read the rows again. */
export const RoomHint = z.object({
  /** `event:<id>`, or `jobs` */
  room: z.string().max(100),
  kind: z.enum(['streams', 'chat', 'chat-erased', 'event', 'counts', 'score', 'jobs']),
});
export type RoomHint = z.infer<typeof RoomHint>;

/** Hints between web processes. One may be lost at any time, so readers also look by themselves now and then. */
export type Bus = {
  /** @returns a function that ends the subscription */
  onHint(callback: (hint: RoomHint) => void): () => void;
  /** Called after a connection came back: hints of the time between are lost. */
  onReconnect(callback: () => void): () => void;
  close(): Promise<void>;
};
