'use client';

import { IconMicrophone } from '@tabler/icons-react';
import clsx from 'clsx';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { StreamView } from '../../../server/streams/stream-view';
import type { PersonView } from '../../../server/users/person-view';
import { isFinal, isOnAir } from '../../../stream-node/contract/stream-state';
import { Chat } from '../../_chat/chat';
import { type EventRoomStart, useEventRoom } from '../../_client/use-event-room';
import { EventPlayer } from '../../_player/event-player';
import { Score, ScoreInBrief, useEventScore } from '../../_score/event-score';
import { ShareButton } from '../../_share/share-button';
import { ButtonLink } from '../../_ui/button-link';
import { AboutEvent } from './about-event';
import { CallInvitation } from './call-invitation';
import { keepOrder } from './choose-stream';
import grid from './event-grid.module.css';
import { EventHead } from './event-head';
import { type PhoneTab, PhoneTabs } from './phone-tabs';
import { Recordings } from './recordings';
import { Voices } from './voices';

type EventRoomProps = {
  start: EventRoomStart;
  /** all streams of the event, ended ones too, as the page was rendered */
  allStreams: StreamView[];
  initialStreamId: string | null;
  /** the moment that the page's address names, unix ms */
  startAtMs: number | null;
  me: PersonView | null;
  /** BCP 47 */
  language: string;
  publicUrl: string;
};

/** Streams the room no longer tells of because they ended long ago are kept; those that vanished otherwise are gone. */
function withEarlier(current: StreamView[], earlier: StreamView[]): StreamView[] {
  const told = new Set(current.map((stream) => stream.id));
  return [...earlier.filter((stream) => isFinal(stream.state) && !told.has(stream.id)), ...current];
}

function keepInAddress(streamId: string) {
  const url = new URL(window.location.href);
  url.searchParams.set('stream', streamId);
  url.searchParams.delete('at');
  window.history.replaceState(window.history.state, '', url);
}

/** The event page, live: voices, the one player, chat. */
export function EventRoom({ start, allStreams, initialStreamId, startAtMs, me, language, publicUrl }: EventRoomProps) {
  const room = useEventRoom(start);
  const { event } = room;
  const [chosenId, setChosenId] = useState(initialStreamId);
  const [playheadMs, setPlayheadMs] = useState<number | null>(null);
  const [tab, setTab] = useState<PhoneTab>('chat');

  // A link to a moment tells nothing of what came after it, even before it plays.
  const score = useEventScore(room, playheadMs ?? startAtMs);

  const streams = useMemo(() => withEarlier(room.streams, allStreams), [room.streams, allStreams]);
  const order = useRef<string[]>([]);
  const voices = keepOrder(
    order.current,
    streams.filter((stream) => isOnAir(stream.state)),
    language,
  );
  order.current = voices.map((stream) => stream.id);
  const recordings = streams.filter((stream) => isFinal(stream.state) && stream.hasRecording);
  const chosen = streams.find((stream) => stream.id === chosenId) ?? null;
  const hasPicture = chosen?.kind === 'video';

  // The first voice on air is put on where nothing was chosen; it still waits for a tap to sound.
  const firstVoiceId = voices[0]?.id ?? null;
  useEffect(() => {
    if (chosenId === null && firstVoiceId !== null) {
      setChosenId(firstVoiceId);
    }
  }, [chosenId, firstVoiceId]);

  const choose = useCallback((streamId: string) => {
    setChosenId(streamId);
    keepInAddress(streamId);
  }, []);

  const signInPath = `/sign-in?callbackUrl=${encodeURIComponent(`/event/${event.id}`)}`;
  return (
    <div className={grid.grid} data-tab={tab}>
      <div className={grid.voices}>
        <Voices
          eventId={event.id}
          streams={voices}
          hasRecordings={recordings.length > 0}
          counts={room.counts}
          chosenId={chosenId}
          isPlaying={playheadMs !== null}
          onChoose={choose}
        />
      </div>
      <div className={grid.stage} data-picture={hasPicture}>
        <EventHead event={event}>
          <ShareButton event={event} stream={chosen} playheadMs={playheadMs} publicUrl={publicUrl} />
        </EventHead>
        <EventPlayer
          event={event}
          streams={streams}
          streamId={chosenId}
          onSelectStream={choose}
          onPlayhead={setPlayheadMs}
          startAtMs={startAtMs}
        />
        {hasPicture || <Score event={event} score={score} className={grid.boardOnGround} />}
      </div>
      <ScoreInBrief score={score} className={grid.strip} />
      <p aria-live="polite" className="sr-only">
        {score.newsWords}
      </p>
      <PhoneTabs className={grid.tabs} tab={tab} onTab={setTab} />
      <Chat
        className={`${grid.chat} max-sm:rounded-none`}
        room={room}
        me={me}
        streamId={chosenId}
        playheadMs={playheadMs}
        signInPath={signInPath}
      />
      {chosenId === null && <CallInvitation event={event} className={grid.invitation} />}
      <div className={`${grid.more} flex flex-col gap-3 max-sm:px-3 sm:gap-5`}>
        <Score
          event={event}
          score={score}
          className={hasPicture ? 'shrink-0 rounded-row' : 'shrink-0 rounded-row lg:hidden'}
        />
        <div
          className={clsx(
            'flex flex-wrap items-center gap-x-4 gap-y-3 rounded-panel bg-board p-4 text-chalk xl:hidden',
            chosenId === null && 'max-sm:hidden',
          )}
        >
          <p className="grow basis-60 font-display text-section">Nobody is calling it in your language?</p>
          <ButtonLink look="lamp" href={`/event/${event.id}/go-live`}>
            <IconMicrophone size={18} aria-hidden />
            Call this match
          </ButtonLink>
        </div>
        <Recordings streams={recordings} chosenId={chosenId} onChoose={choose} />
        <AboutEvent event={event} />
      </div>
    </div>
  );
}
