'use client';

import type { EventView } from '../../server/events/event-view';
import type { StreamView } from '../../server/streams/stream-view';

export type EventPlayerProps = {
  event: EventView;
  /** the event's streams: on air, and those that ended lately */
  streams: StreamView[];
  /** the chosen stream, or null when nobody is on air */
  streamId: string | null;
  /** asked for when the player offers another voice */
  onSelectStream: (streamId: string) => void;
  /** the playhead on the event clock (unix ms), about four times a second; null while nothing plays */
  onPlayhead?: (positionMs: number | null) => void;
};

/** The one player of an event page: region "Player" with one media element that switches between the voices. */
export function EventPlayer({ streams, streamId }: EventPlayerProps) {
  const stream = streams.find((candidate) => candidate.id === streamId) ?? null;
  return (
    <section aria-label="Player">
      {/* biome-ignore lint/a11y/useMediaCaption: live captions come with their own rendition */}
      <video playsInline controls src={stream?.playback?.hls} className="w-full" />
    </section>
  );
}
