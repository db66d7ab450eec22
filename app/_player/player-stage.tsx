'use client';

import { IconPlayerPlayFilled } from '@tabler/icons-react';
import clsx from 'clsx';
import type { RefCallback } from 'react';
import type { StreamView } from '../../server/streams/stream-view';
import { Button } from '../_ui/button';
import { PlayerNotice } from './player-notice';
import type { PlayerPlan } from './player-plan';
import type { PlayerSnapshot } from './player-state';
import { VoiceCard } from './voice-card';

type PlayerStageProps = {
  attach: RefCallback<HTMLVideoElement>;
  stream: StreamView | null;
  hasPicture: boolean;
  plan: PlayerPlan;
  snapshot: PlayerSnapshot;
  otherVoices: StreamView[];
  onPlay: () => void;
  /** plays the recording of a stream that has just ended; null when there is none */
  onPlayAgain: (() => void) | null;
  onSelectStream: (streamId: string) => void;
};

/** The picture, or the ground where there is none, and over it what is going on. */
export function PlayerStage(props: PlayerStageProps) {
  const { attach, stream, hasPicture, snapshot, onPlay } = props;
  const isPlaying = snapshot.phase === 'playing';
  return (
    <div className="relative aspect-video w-full overflow-hidden bg-tile sm:rounded-panel">
      {!hasPicture && <VoiceCard stream={stream} isPlaying={isPlaying} />}
      {/* biome-ignore lint/a11y/useMediaCaption: nobody writes captions for a live voice yet */}
      <video
        ref={attach}
        playsInline
        poster={hasPicture ? (stream?.posterUrl ?? undefined) : undefined}
        className={clsx('absolute inset-0 size-full object-contain', !hasPicture && 'pointer-events-none opacity-0')}
      />
      {snapshot.phase === 'refused' ? (
        <button
          type="button"
          onClick={onPlay}
          className="absolute inset-0 m-auto flex h-16 w-fit items-center gap-3 rounded-full bg-lamp px-7 text-lead font-semibold text-on-lamp hover:brightness-105"
        >
          <IconPlayerPlayFilled size={24} aria-hidden />
          {hasPicture ? 'Tap to watch' : 'Tap to listen'}
        </button>
      ) : (
        <StageNotice {...props} />
      )}
    </div>
  );
}

function StageNotice({ stream, plan, snapshot, otherVoices, onPlayAgain, onSelectStream }: PlayerStageProps) {
  const name = stream?.owner.name ?? 'This voice';
  const again = stream?.kind === 'video' ? 'Watch again' : 'Listen again';
  const nearest =
    otherVoices.find((other) => other.state === 'live' && other.language === stream?.language) ??
    otherVoices.find((other) => other.state === 'live');
  const offer = nearest !== undefined && (
    <Button onClick={() => onSelectStream(nearest.id)}>Listen to {nearest.owner.name}</Button>
  );
  if (snapshot.phase === 'gone') {
    return (
      <PlayerNotice title="This stream is not there any more" detail="It was removed, or its recording was.">
        {offer}
      </PlayerNotice>
    );
  }
  switch (plan.kind) {
    case 'nobody':
      return <PlayerNotice title="Nobody is on air yet" detail="The player starts here as soon as someone is." />;
    case 'gone':
      return <PlayerNotice title="This stream was removed by its owner">{offer}</PlayerNotice>;
    case 'connecting':
      return <PlayerNotice title={`Tuning in to ${name}`} isWaiting />;
    case 'reconnecting':
      return (
        <PlayerNotice
          title={stream?.state === 'paused' ? `${name} takes a short break` : `${name} dropped out`}
          detail="The place is held. It goes on here by itself."
          isWaiting
        >
          {offer}
        </PlayerNotice>
      );
    case 'over':
      return (
        <PlayerNotice
          title={`${name} has finished`}
          detail={onPlayAgain === null ? 'There is no recording.' : undefined}
        >
          {onPlayAgain === null ? (
            offer
          ) : (
            <Button look="lamp" onClick={onPlayAgain}>
              {again}
            </Button>
          )}
        </PlayerNotice>
      );
    case 'failed':
      return (
        <PlayerNotice title="This stream broke off" detail="There is no recording of it.">
          {offer}
        </PlayerNotice>
      );
    case 'live':
    case 'recording':
      return <PlayingNotice name={name} snapshot={snapshot} />;
    default:
      return plan satisfies never;
  }
}

function PlayingNotice({ name, snapshot }: { name: string; snapshot: PlayerSnapshot }) {
  if (snapshot.isTroubled) {
    return <PlayerNotice title="Your line is weak" detail="Trying again by itself." isWaiting />;
  }
  if (snapshot.phase === 'loading' || snapshot.phase === 'buffering') {
    return <PlayerNotice title={`Tuning in to ${name}`} isWaiting />;
  }
  return null;
}
