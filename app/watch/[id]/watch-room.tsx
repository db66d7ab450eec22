'use client';

import Link from 'next/link';
import { useState } from 'react';
import type { EventView } from '../../../server/events/event-view';
import type { StreamView } from '../../../server/streams/stream-view';
import { isFinal } from '../../../stream-node/contract/stream-state';
import { useEventRoom } from '../../_client/use-event-room';
import { EventPlayer } from '../../_player/event-player';
import { DownloadList } from '../../_recordings/download-list';
import { ShareButton } from '../../_share/share-button';
import { Avatar } from '../../_ui/avatar';
import { ButtonLink } from '../../_ui/button-link';
import { listeningWords } from '../../_ui/listening-words';
import { LocalTime } from '../../_ui/local-time';
import { voiceWords } from '../../_ui/voice-words';

type WatchRoomProps = { event: EventView; stream: StreamView; streams: StreamView[]; publicUrl: string };

/** One stream, live or its recording, with the way to its event. */
export function WatchRoom({ event, stream: initial, streams: initialStreams, publicUrl }: WatchRoomProps) {
  const room = useEventRoom({ event, streams: initialStreams, messages: [] });
  const [chosenId, setChosenId] = useState(initial.id);
  const [playheadMs, setPlayheadMs] = useState<number | null>(null);
  const told = room.streams.some((stream) => stream.id === initial.id);
  // the room tells of streams on air and of those that ended lately; an older recording is only here
  const streams = told || !isFinal(initial.state) ? room.streams : [initial, ...room.streams];
  const stream = streams.find((candidate) => candidate.id === chosenId) ?? initial;
  const choose = (streamId: string) => {
    setChosenId(streamId);
    window.history.replaceState(window.history.state, '', `/watch/${streamId}`);
  };
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-3 pb-5 sm:px-5">
      <EventPlayer
        event={room.event}
        streams={streams}
        streamId={chosenId}
        onSelectStream={choose}
        onPlayhead={setPlayheadMs}
      />
      <div className="flex flex-wrap items-center gap-4 px-3 pt-2 sm:px-0">
        <Avatar person={stream.owner} size={56} />
        <div className="min-w-0 grow basis-60">
          <h1 className="text-title wrap-anywhere">{stream.name}</h1>
          <p className="text-text-2">
            <Link href={`/user/${stream.owner.id}`} className="hover:underline">
              {stream.owner.name}
            </Link>{' '}
            · {voiceWords(stream)} ·{' '}
            {isFinal(stream.state) ? (
              <LocalTime date={stream.startedAt ?? stream.createdAt} show="day" />
            ) : (
              <span data-testid="viewer-count" className="whitespace-nowrap">
                {listeningWords(room.counts.byStream[stream.id] ?? 0)}
              </span>
            )}
          </p>
        </div>
        <ShareButton event={room.event} stream={stream} playheadMs={playheadMs} publicUrl={publicUrl} />
        <ButtonLink href={`/event/${event.id}?stream=${stream.id}`} look="lamp">
          Chat and other voices
        </ButtonLink>
      </div>
      {isFinal(stream.state) && stream.hasRecording && <DownloadList streamId={stream.id} className="px-3 sm:px-0" />}
      {stream.description !== '' && (
        <p className="max-w-prose px-3 wrap-anywhere whitespace-pre-wrap text-text-2 sm:px-0">{stream.description}</p>
      )}
      <p className="px-3 text-text-2 sm:px-0">
        From{' '}
        <Link href={`/event/${event.id}`} className="font-semibold text-sky underline">
          {room.event.name}
        </Link>
      </p>
    </div>
  );
}
