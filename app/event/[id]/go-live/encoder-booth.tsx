'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { useState } from 'react';
import type { StreamHealth } from '../../../../server/streams/get-stream-health';
import type { EncoderAccess, StreamView } from '../../../../server/streams/stream-view';
import type { SessionUser } from '../../../../server/users/session-user';
import { isFinal, isOnAir } from '../../../../stream-node/contract/stream-state';
import { Chat } from '../../../_chat/chat';
import { failureWords } from '../../../_client/failure-words';
import { useTRPC } from '../../../_client/trpc';
import { type EventRoomStart, useEventRoom } from '../../../_client/use-event-room';
import { languageName } from '../../../_ui/language-name';
import { Panel } from '../../../_ui/panel';
import { AfterPanel } from './after-panel';
import { EncoderHints, EncoderPanel } from './encoder-panel';
import { EndButton } from './end-button';
import { ListenersPanel } from './listeners-panel';
import { OnAirSign, offAirWords } from './on-air-sign';

type EncoderBoothProps = {
  start: EventRoomStart;
  me: SessionUser;
  publicUrl: string;
  firstStream: StreamView;
  /** null after a reload: the key is told once */
  firstAccess: EncoderAccess | null;
};

const lookEveryMs = 1000;

/** The booth of a broadcaster whose sound and picture come from an encoder: the same sign, without a meter of ours. */
export function EncoderBooth({ start, me, publicUrl, firstStream, firstAccess }: EncoderBoothProps) {
  const trpc = useTRPC();
  const room = useEventRoom(start);
  const [access, setAccess] = useState(firstAccess);
  const streamId = firstStream.id;
  const health = useQuery(
    trpc.streams.health.queryOptions(
      { streamId },
      {
        refetchInterval: ({ state }) => (state.data && isFinal(state.data.stream.state) ? false : lookEveryMs),
        staleTime: 0,
      },
    ),
  );
  const renew = useMutation(trpc.streams.rotateKey.mutationOptions({ onSuccess: ({ rtmp }) => setAccess(rtmp) }));
  const end = useMutation(trpc.streams.end.mutationOptions({ onSuccess: () => health.refetch() }));

  const stream = end.data ?? health.data?.stream ?? firstStream;
  const lit = isOnAir(stream.state);
  const isOver = isFinal(stream.state);
  const detail = [me.name, languageName(stream.language), stream.record ? 'recording' : 'not recorded'].join(', ');
  const warning = stream.state === 'interrupted' ? 'Your encoder dropped out. Your place is held' : null;
  return (
    <div className="grid gap-4 lg:grid-cols-2 lg:gap-5 xl:grid-cols-[1fr_296px_332px]">
      <div className={clsx('flex min-w-0 flex-col gap-4 lg:max-xl:col-span-2', isOver && 'xl:col-span-2')}>
        <Panel className="flex flex-wrap items-center gap-4 p-6!">
          <OnAirSign
            isOnAir={lit}
            startedAtMs={lit ? (stream.startedAt?.getTime() ?? null) : null}
            detail={lit ? detail : offAirWords(isOver)}
            warning={warning}
          />
          {!isOver && (
            <div className="ml-auto">
              <EndButton isEnding={end.isPending} onEnd={() => end.mutate({ streamId })} />
            </div>
          )}
          {end.error !== null && (
            <p role="alert" className="font-semibold text-live">
              {failureWords(end.error)}
            </p>
          )}
        </Panel>
        {isOver ? (
          <AfterPanel
            event={room.event}
            stream={stream}
            status={null}
            isComplete
            problem={null}
            publicUrl={publicUrl}
          />
        ) : (
          <EncoderPanel
            stream={stream}
            access={access}
            isRenewing={renew.isPending}
            onRenew={() => renew.mutate({ streamId })}
            problem={renew.error && failureWords(renew.error)}
          />
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-4 empty:hidden">
        {lit && (
          <ListenersPanel
            event={room.event}
            stream={stream}
            publicUrl={publicUrl}
            count={room.counts.byStream[streamId] ?? 0}
          />
        )}
        {lit && health.data && <ArrivalPanel {...health.data} isSending={stream.state === 'live'} />}
        {!isOver && <EncoderHints />}
      </div>
      <Chat
        className="h-[32rem] xl:h-[calc(100dvh-6rem)]"
        room={room}
        me={me}
        streamId={lit ? streamId : null}
        playheadMs={null}
        reader="host"
        signInPath={`/sign-in?callbackUrl=${encodeURIComponent(`/event/${start.event.id}/go-live`)}`}
      />
    </div>
  );
}

/** How it arrives. What is not known is left out. */
function ArrivalPanel({
  ingressKbps,
  encoderLagMs,
  recordingReason,
  isSending,
}: StreamHealth & { isSending: boolean }) {
  const figures = [
    ...(ingressKbps === null ? [] : [{ label: 'Arriving', value: `${Math.round(ingressKbps)} kb/s` }]),
    // What sends nothing is not late.
    ...(encoderLagMs === null || !isSending
      ? []
      : [{ label: 'Behind its best', value: `${(encoderLagMs / 1000).toFixed(1)} s` }]),
  ];
  return (
    <Panel aria-label="Health">
      <h2 className="mb-3 text-section">How it arrives</h2>
      {recordingReason !== null && (
        <p role="alert" className="mb-3 text-small font-semibold text-live">
          {recordingReason}
        </p>
      )}
      <dl>
        {figures.map(({ label, value }) => (
          <div key={label} className="flex items-baseline border-t border-line py-2">
            <dt className="text-text-2">{label}</dt>
            <dd className="ml-auto font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
