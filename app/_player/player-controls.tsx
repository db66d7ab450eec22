'use client';

import {
  IconMaximize,
  IconPictureInPictureOn,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRewindBackward10,
  IconRewindForward10,
  IconVolume,
  IconVolumeOff,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { buttonStyle } from '../_ui/button-style';
import { LiveButton } from './live-button';
import type { Player } from './player';
import type { PlayerSnapshot } from './player-state';
import { SaveDataSwitch } from './save-data-switch';

type PlayerControlsProps = {
  player: Player;
  snapshot: PlayerSnapshot;
  isLive: boolean;
  hasPicture: boolean;
  savesData: boolean;
  onSaveData: (savesData: boolean) => void;
  onToggle: () => void;
  onFullscreen: () => void;
  onPictureInPicture: (() => void) | null;
};

/** Everything a hand does to the player, in rows that keep their place whatever is going on: keys, then how it comes. */
export function PlayerControls(props: PlayerControlsProps) {
  const { snapshot, isLive, savesData, onSaveData } = props;
  const isPlaying = snapshot.phase === 'playing' || snapshot.phase === 'buffering';
  return (
    <div className="flex flex-col gap-2">
      <PlayerKeys {...props} isPlaying={isPlaying} />
      <div className="flex min-h-8 items-center gap-2">
        {isLive && snapshot.latencySeconds !== null && (
          <span className="min-w-24 text-text-2 tabular-nums">
            <span data-testid="latency">{Math.max(0, snapshot.latencySeconds).toFixed(1)}</span> s behind
          </span>
        )}
        <span className="grow" />
        <SaveDataSwitch isOn={savesData} usedBytes={snapshot.usedBytes} onChange={onSaveData} />
      </div>
    </div>
  );
}

function PlayerKeys(props: PlayerControlsProps & { isPlaying: boolean }) {
  const { player, snapshot, isLive, hasPicture, onToggle, onFullscreen, onPictureInPicture, isPlaying } = props;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-3">
      <IconButton label="Back 10 seconds" onPress={() => player.seekBy(-10)}>
        <IconRewindBackward10 size={22} aria-hidden />
      </IconButton>
      <button
        type="button"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        onClick={onToggle}
        className="flex size-14 shrink-0 items-center justify-center rounded-full bg-lamp text-on-lamp hover:brightness-105 pointer-coarse:size-16"
      >
        {isPlaying ? <IconPlayerPauseFilled size={26} aria-hidden /> : <IconPlayerPlayFilled size={26} aria-hidden />}
      </button>
      <IconButton label="Forward 10 seconds" onPress={() => player.seekBy(10)}>
        <IconRewindForward10 size={22} aria-hidden />
      </IconButton>
      {isLive && (
        <LiveButton
          isAtLive={snapshot.isAtLive}
          behindSeconds={snapshot.latencySeconds ?? 0}
          onPress={() => player.goLive()}
        />
      )}
      <span className="grow" />
      {hasPicture && snapshot.heights.length > 1 && <QualityMenu player={player} snapshot={snapshot} />}
      <VolumeControl player={player} snapshot={snapshot} />
      {onPictureInPicture !== null && (
        <IconButton label="Picture in picture" onPress={onPictureInPicture}>
          <IconPictureInPictureOn size={20} aria-hidden />
        </IconButton>
      )}
      {hasPicture && (
        <IconButton label="Full screen" onPress={onFullscreen}>
          <IconMaximize size={20} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}

function IconButton({ label, onPress, children }: { label: string; onPress: () => void; children: ReactNode }) {
  return (
    <button type="button" aria-label={label} title={label} onClick={onPress} className={buttonStyle('quiet', 'icon')}>
      {children}
    </button>
  );
}

function QualityMenu({ player, snapshot }: { player: Player; snapshot: PlayerSnapshot }) {
  return (
    <select
      aria-label="Quality"
      value={snapshot.chosenHeight ?? 'auto'}
      onChange={({ target }) => player.setHeight(target.value === 'auto' ? null : Number(target.value))}
      className="h-10 rounded-button bg-raised px-2 text-text inset-ring inset-ring-text-3 pointer-coarse:h-11"
    >
      <option value="auto">Auto</option>
      {snapshot.heights.map((height) => (
        <option key={height} value={height}>
          {height}p
        </option>
      ))}
    </select>
  );
}

function VolumeControl({ player, snapshot }: { player: Player; snapshot: PlayerSnapshot }) {
  const { isMuted, volume } = snapshot;
  return (
    <span className="flex items-center">
      <IconButton label={isMuted ? 'Sound on' : 'Sound off'} onPress={() => player.toggleMuted()}>
        {isMuted ? <IconVolumeOff size={20} aria-hidden /> : <IconVolume size={20} aria-hidden />}
      </IconButton>
      <input
        type="range"
        aria-label="Volume"
        min={0}
        max={1}
        step={0.05}
        value={isMuted ? 0 : volume}
        onChange={({ target }) => player.setVolume(Number(target.value))}
        className="w-20 accent-text max-sm:hidden"
      />
    </span>
  );
}
