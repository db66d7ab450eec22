'use client';

import { IconMicrophone } from '@tabler/icons-react';
import clsx from 'clsx';
import { type ComponentProps, type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { StreamView } from '../../../../server/streams/stream-view';
import type { SessionUser } from '../../../../server/users/session-user';
import type { LatencyProfile } from '../../../../stream-node/contract/profiles';
import { isOnAir as isOnAirState } from '../../../../stream-node/contract/stream-state';
import { Chat } from '../../../_chat/chat';
import { type EventRoomStart, useEventRoom } from '../../../_client/use-event-room';
import { Button } from '../../../_ui/button';
import { languageName } from '../../../_ui/language-name';
import { Panel } from '../../../_ui/panel';
import { TextField } from '../../../_ui/text-field';
import { AfterPanel } from './after-panel';
import { EncoderOffer } from './encoder-offer';
import { EndButton } from './end-button';
import { FaultNotice } from './fault-notice';
import { HealthPanel } from './health-panel';
import { holdingWords } from './holding-words';
import { KeptPanel } from './kept-panel';
import { LevelMeter } from './level-meter';
import { ListenersPanel } from './listeners-panel';
import { OnAirSign, offAirWords } from './on-air-sign';
import { Preview } from './preview';
import { SourcePicker } from './source-picker';
import { StudioKeys } from './studio-keys';
import { useBroadcast } from './use-broadcast';
import { useCapture } from './use-capture';
import { useHeardAfter } from './use-heard-after';
import { type StreamOffer, useKeptBroadcasts } from './use-kept-broadcasts';
import { useOpenedStore } from './use-opened-store';

type StudioProps = {
  start: EventRoomStart;
  me: SessionUser;
  publicUrl: string;
  profile: LatencyProfile;
  /** the stream was made for an encoder instead of this page */
  onEncoder: ComponentProps<typeof EncoderOffer>['onEncoder'];
};

/** The booth: the sign is dark while everything is set up, and lit on the very same page. */
export function Studio({ start, me, publicUrl, profile: firstProfile, onEncoder }: StudioProps) {
  const room = useEventRoom(start);
  const capture = useCapture();
  const { source, microphoneId, cameraId } = capture;
  const store = useOpenedStore();
  const ids = { eventId: start.event.id, userId: me.id };
  const broadcast = useBroadcast({ ...ids, store, choice: { source, microphoneId, cameraId } });
  const kept = useKeptBroadcasts(ids.eventId, ids.userId, store);
  const [name, setName] = useState(me.name);
  const [language, setLanguage] = useState(me.language);
  const [profile, setProfile] = useState(firstProfile);
  const [dvrWindowSeconds, setRewind] = useState(600);
  const [isRecorded, setRecorded] = useState(true);
  const [isMuted, setMuted] = useState(false);
  const isCoughing = useRef(false);

  const { graph, pictureVersion } = capture;
  const { step, stream, status } = broadcast;
  const isOnAir = step === 'on-air' || step === 'ending';

  const applyMute = useCallback(
    (muted: boolean) => {
      if (graph !== null) {
        graph.isMuted = muted || isCoughing.current;
      }
    },
    [graph],
  );
  const changeMuted = useCallback(
    (muted: boolean) => {
      setMuted(muted);
      applyMute(muted);
    },
    [applyMute],
  );
  const changeCough = useCallback(
    (isHeld: boolean) => {
      isCoughing.current = isHeld;
      applyMute(isMuted);
    },
    [applyMute, isMuted],
  );

  // The button that lit the sign lies below it.
  useEffect(() => {
    if (isOnAir) {
      window.scrollTo({ top: 0 });
    }
  }, [isOnAir]);

  // Another picture on air needs another recorder; the sound goes on without a break.
  const recordedVersion = useRef(0);
  const { restart } = broadcast;
  useEffect(() => {
    if (isOnAir && recordedVersion.current !== pictureVersion) {
      restart();
    }
    recordedVersion.current = pictureVersion;
  }, [isOnAir, pictureVersion, restart]);

  const goLive = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (graph !== null) {
      const kind = capture.source === 'audio' ? 'audio' : 'video';
      const settings = { name: name.trim(), kind, language, record: isRecorded, profile, dvrWindowSeconds } as const;
      void broadcast.goLive(graph, settings);
    }
  };

  const heardAfterMs = useHeardAfter(isOnAir ? (stream?.id ?? null) : null);
  const resume = async (offer: StreamOffer & { stream: StreamView }) => {
    if (graph !== null && (await capture.openAgain(offer.broadcast))) {
      setName(offer.stream.name);
      setLanguage(offer.stream.language);
      setProfile(offer.stream.profile);
      setRecorded(offer.stream.record);
      if (await broadcast.resume(graph, offer)) {
        kept.withdraw(offer.stream.id);
      }
    }
  };

  const listeners = stream === null ? 0 : (room.counts.byStream[stream.id] ?? 0);
  const detail = [me.name, languageName(language), isRecorded ? 'recording' : 'not recorded'].join(', ');
  const isReady = graph !== null && capture.hasMicrophone && !capture.isOpening && name.trim() !== '';
  return (
    <div className="grid gap-4 lg:grid-cols-2 lg:gap-5 xl:grid-cols-[1fr_296px_332px]">
      <div
        className={clsx(
          'flex min-w-0 flex-col gap-4 lg:max-xl:col-span-2',
          step === 'over' && 'xl:col-span-2',
          // In one column what goes on comes before what is set: the form goes below listeners and health.
          isOnAir && 'max-lg:contents max-lg:*:min-w-0',
        )}
      >
        <Panel className="flex flex-wrap items-center gap-4 p-6!">
          <OnAirSign
            isOnAir={isOnAir}
            startedAtMs={isOnAir ? broadcast.startedAtMs : null}
            detail={isOnAir ? detail : offAirWords(step === 'over')}
            warning={isOnAir ? holdingWords(status) : null}
          />
          {isOnAir && (
            <div className="ml-auto">
              <EndButton isEnding={step === 'ending'} onEnd={() => void broadcast.end()} />
            </div>
          )}
        </Panel>
        {step === 'over' && stream !== null && (
          <AfterPanel
            event={room.event}
            stream={stream}
            status={status}
            isComplete={broadcast.isComplete}
            problem={broadcast.problem}
            publicUrl={publicUrl}
          />
        )}
        {step === 'setup' && (
          <KeptPanel
            kept={kept}
            store={store}
            ownOnAir={room.streams.filter(({ owner, state }) => owner.id === me.id && isOnAirState(state))}
            canResume={graph !== null}
            onResume={(offer) => void resume(offer)}
          />
        )}
        {step !== 'over' && (
          <>
            <Panel>
              {capture.preview !== null && (
                <Preview stream={capture.preview} isMirrored={capture.source === 'camera'} />
              )}
              <LevelMeter
                graph={graph}
                hasMicrophone={capture.hasMicrophone}
                isMuted={isMuted}
                isCompact={capture.preview !== null}
              />
              {isOnAir && <StudioKeys isMuted={isMuted} onMuted={changeMuted} onCough={changeCough} />}
            </Panel>
            <form
              onSubmit={goLive}
              className={clsx('flex flex-col gap-4 rounded-panel bg-surface p-4 sm:p-5', isOnAir && 'max-lg:order-1')}
            >
              {capture.fault !== null && <FaultNotice fault={capture.fault} onRetry={capture.retry} />}
              {!isOnAir && (
                <TextField
                  label="Stream name"
                  value={name}
                  maxLength={120}
                  required
                  onChange={({ target }) => setName(target.value)}
                />
              )}
              <SourcePicker
                capture={capture}
                isOnAir={isOnAir}
                language={language}
                onLanguage={setLanguage}
                profile={profile}
                onProfile={setProfile}
                rewindSeconds={dvrWindowSeconds}
                onRewind={setRewind}
              />
              {!isOnAir && (
                <>
                  <label className="flex min-h-11 w-fit items-center gap-2.5 pr-3">
                    <input
                      type="checkbox"
                      checked={isRecorded}
                      onChange={({ target }) => setRecorded(target.checked)}
                      className="size-5 accent-text"
                    />
                    Record
                  </label>
                  {broadcast.problem !== null && (
                    <p role="alert" className="font-semibold text-live">
                      {broadcast.problem}
                    </p>
                  )}
                  <Button
                    type="submit"
                    look={kept.offers === null || kept.offers.length === 0 ? 'lamp' : 'plain'}
                    size="large"
                    disabled={!isReady || step === 'starting'}
                  >
                    <IconMicrophone size={22} aria-hidden />
                    {step === 'starting' ? 'Going live…' : 'Go live'}
                  </Button>
                </>
              )}
            </form>
          </>
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-4 empty:hidden">
        {isOnAir && stream !== null && (
          <ListenersPanel event={room.event} stream={stream} publicUrl={publicUrl} count={listeners} />
        )}
        {isOnAir && status !== null && <HealthPanel status={status} heardAfterMs={heardAfterMs} />}
        {!isOnAir && step !== 'over' && (
          <>
            <BeforeHints />
            <EncoderOffer
              eventId={start.event.id}
              settings={{ name: name.trim(), language, record: isRecorded, profile, dvrWindowSeconds }}
              onEncoder={onEncoder}
            />
          </>
        )}
      </div>
      <Chat
        className="h-[32rem] max-lg:order-1 xl:h-[calc(100dvh-6rem)]"
        room={room}
        me={me}
        streamId={isOnAir ? (stream?.id ?? null) : null}
        playheadMs={null}
        reader="host"
        signInPath={`/sign-in?callbackUrl=${encodeURIComponent(`/event/${start.event.id}/go-live`)}`}
      />
    </div>
  );
}

function BeforeHints() {
  return (
    <Panel aria-label="Before you go live">
      <h2 className="text-section">Before you go live</h2>
      <ul className="mt-2 flex list-disc flex-col gap-2 pl-5 text-text-2">
        <li>Wear a headset, so that fans do not hear your television too.</li>
        <li>Speak as you will on air: the needle should dance around the zero.</li>
        <li>If your line drops, go on talking. What you say is kept and sent.</li>
      </ul>
    </Panel>
  );
}
