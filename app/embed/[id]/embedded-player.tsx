'use client';

import { useState } from 'react';
import type { EventView } from '../../../server/events/event-view';
import type { StreamView } from '../../../server/streams/stream-view';
import { isFinal } from '../../../stream-node/contract/stream-state';
import { useEventRoom } from '../../_client/use-event-room';
import { EventPlayer } from '../../_player/event-player';
import styles from './embedded-player.module.css';

type EmbeddedPlayerProps = { event: EventView; stream: StreamView };

/** The player of one stream on someone else's page. */
export function EmbeddedPlayer({ event, stream }: EmbeddedPlayerProps) {
  const room = useEventRoom({ event, streams: [stream], messages: [] });
  const [chosenId, setChosenId] = useState(stream.id);
  const told = room.streams.some((candidate) => candidate.id === stream.id);
  const streams = told || !isFinal(stream.state) ? room.streams : [stream, ...room.streams];
  return (
    <div className={styles.frame}>
      <EventPlayer event={room.event} streams={streams} streamId={chosenId} onSelectStream={setChosenId} />
    </div>
  );
}
