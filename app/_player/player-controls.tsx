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
  const { player, snapshot, isLive, hasPicture, savesData, onSaveData, onPictureInPicture } = props;
  const isPlaying = snapshot.phase === 'playing' || snapshot.phase === 'buffering';
  return (
    <div className="flex flex-col gap-2">
      <PlayerKeys {...props} isPlaying={isPlaying} />
      <div className="flex min-h-8 items-center gap-2">
        <span className="flex min-w-20 flex-col text-text-2 tabular-nums sm:flex-row sm:items-baseline sm:gap-x-4">
          {isLive && snapshot.latencySeconds !== null && (
            <span className="sm:min-w-24">
              <span data-testid="latency">{Math.max(0, snapshot.latencySeconds).toFixed(1)}</span> s behind
            </span>
          )}
          <span className="text-small" title="What the media has cost on this page so far">
            <span data-testid="used-megabytes">{(snapshot.usedBytes / 1_000_000).toFixed(1)}</span> MB
          </span>
        </span>
        <span className="grow" />
        {hasPicture && snapshot.heights.length > 1 && <QualityMenu player={player} snapshot={snapshot} />}
        {onPictureInPicture !== null && (
          <IconButton label="Picture in picture" onPress={onPictureInPicture} className="max-[339px]:hidden">
            <IconPictureInPictureOn size={20} aria-hidden />
          </IconButton>
        )}
        <SaveDataSwitch isOn={savesData} onChange={onSaveData} />
      </div>
    </div>
  );
}

function PlayerKeys(props: PlayerControlsProps & { isPlaying: boolean }) {
  const { player, snapshot, isLive, hasPicture, onToggle, onFullscreen, isPlaying } = props;
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
      <IconButton
        label="Forward 10 seconds"
        onPress={() => player.seekBy(10)}
        // On a small phone the keys of a live picture would take two rows; the dial goes forward too.
        className={hasPicture && isLive ? 'max-[389px]:hidden' : undefined}
      >
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
      <VolumeControl player={player} snapshot={snapshot} />
      {hasPicture && (
        <IconButton label="Full screen" onPress={onFullscreen}>
          <IconMaximize size={20} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}

type IconButtonProps = { label: string; onPress: () => void; className?: string | undefined; children: ReactNode };

function IconButton({ label, onPress, className, children }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onPress}
      className={buttonStyle('quiet', 'icon', className)}
    >
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
