import type { EventView } from '../../server/events/event-view';
import type { StreamView } from '../../server/streams/stream-view';

/** What is shared. */
export type ShareSubject = {
  event: Pick<EventView, 'id' | 'name'>;
  /** the stream that is chosen, if any */
  stream: Pick<StreamView, 'id' | 'name' | 'visibility'> | null;
  /** the playhead on the event clock, unix ms */
  playheadMs: number | null;
  publicUrl: string;
};
