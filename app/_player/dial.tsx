'use client';

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import {
  dialScale,
  dialTicks,
  dialValueText,
  durationOnClock,
  fractionOf,
  momentAfterKey,
  momentAt,
} from './dial-scale';
import type { PlayableWindow } from './playback-engine';
import { tileAt } from './storyboard';
import { StoryboardPreview } from './storyboard-preview';
import { useStoryboard } from './use-storyboard';

type DialProps = {
  isLive: boolean;
  window: PlayableWindow;
  positionMs: number;
  behindSeconds: number;
  /** the playlist whose storyboard is shown while a moment is looked for; null where there is no picture */
  pictureUrl: string | null;
  onSeek: (momentMs: number) => void;
};

const percent = (fraction: number) => `${fraction * 100}%`;

/** The tuner scale that all time is on: the last ten minutes of a live stream or its longer window, or all of a recording. */
export function Dial({ isLive, window, positionMs, behindSeconds, pictureUrl, onSeek }: DialProps) {
  const rail = useRef<HTMLDivElement>(null);
  const [draggedMs, setDraggedMs] = useState<number | null>(null);
  const [hoveredMs, setHoveredMs] = useState<number | null>(null);
  const lookedAtMs = draggedMs ?? hoveredMs;
  const tiles = useStoryboard(pictureUrl, lookedAtMs !== null);
  const scale = dialScale(isLive, window);
  const shownMs = draggedMs ?? positionMs;
  const needle = fractionOf(scale, shownMs);
  const oldest = fractionOf(scale, window.startMs);

  const momentUnder = (event: PointerEvent) => {
    const box = rail.current?.getBoundingClientRect();
    return box === undefined ? shownMs : momentAt(scale, (event.clientX - box.left) / box.width, window);
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setDraggedMs(momentUnder(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (draggedMs !== null) {
      setDraggedMs(momentUnder(event));
    } else if (event.pointerType === 'mouse') {
      setHoveredMs(momentUnder(event));
    }
  };
  const onPointerUp = () => {
    if (draggedMs !== null) {
      onSeek(draggedMs);
      setDraggedMs(null);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const momentMs = momentAfterKey(event.key, positionMs, window);
    if (momentMs !== null) {
      event.preventDefault();
      event.stopPropagation();
      onSeek(momentMs);
    }
  };

  return (
    <div
      ref={rail}
      role="slider"
      tabIndex={0}
      aria-label="Time"
      aria-valuemin={0}
      aria-valuemax={Math.round((scale.endMs - scale.startMs) / 1000)}
      aria-valuenow={Math.round((shownMs - scale.startMs) / 1000)}
      aria-valuetext={dialValueText(isLive, shownMs, scale, behindSeconds + (positionMs - shownMs) / 1000)}
      className="relative h-14 w-full cursor-pointer touch-none select-none rounded-button"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setDraggedMs(null)}
      onPointerLeave={() => setHoveredMs(null)}
      onKeyDown={onKeyDown}
    >
      <span aria-hidden className="absolute inset-x-0 top-3 h-1.5 overflow-hidden rounded-full bg-line">
        <span
          className="absolute inset-y-0 bg-lamp-text"
          style={{ left: percent(oldest), width: percent(Math.max(0, needle - oldest)) }}
        />
        {isLive && <span className="absolute inset-y-0 right-0 bg-live opacity-55" style={{ left: percent(needle) }} />}
      </span>
      <DialTicks isLive={isLive} scale={scale} />
      {lookedAtMs !== null && (
        <StoryboardPreview
          tile={tileAt(tiles, lookedAtMs)}
          fraction={fractionOf(scale, lookedAtMs)}
          label={
            isLive
              ? `−${durationOnClock((window.endMs - lookedAtMs) / 1000)}`
              : durationOnClock((lookedAtMs - window.startMs) / 1000)
          }
        />
      )}
      <span
        aria-hidden
        className="absolute top-0 h-8 w-1 -translate-x-1/2 rounded-full bg-text"
        style={{ left: percent(needle) }}
      />
      <span
        aria-hidden
        className="absolute top-1.5 size-[18px] -translate-x-1/2 rounded-full border-3 border-bg bg-text"
        style={{ left: percent(needle) }}
      />
    </div>
  );
}

function DialTicks({ isLive, scale }: { isLive: boolean; scale: PlayableWindow }) {
  const ticks = dialTicks(isLive, scale);
  const everyOnPhone = labelEveryOnPhone(isLive, ticks.length);
  return (
    <span aria-hidden className="absolute inset-x-0 top-5.5 block">
      {ticks.map(({ fraction, label }, index) => (
        <span
          key={fraction}
          className={`absolute block w-px bg-text-3 ${label === null ? 'h-1.5 opacity-55' : 'h-2.5'}`}
          style={{ left: percent(fraction) }}
        >
          {label !== null && (
            <span
              className={`absolute top-3 whitespace-nowrap text-small text-text-3 ${labelPlace(index, fraction)} ${index % everyOnPhone !== 0 ? 'max-sm:hidden' : ''}`}
            >
              {label}
            </span>
          )}
        </span>
      ))}
    </span>
  );
}

/** Of how many ticks one has its label where there is little room. */
function labelEveryOnPhone(isLive: boolean, tickCount: number): number {
  if (isLive) {
    return tickCount > 12 ? 12 : 4;
  }
  return tickCount > 7 ? 2 : 1;
}

function labelPlace(index: number, fraction: number): string {
  if (index === 0) {
    return 'left-0';
  }
  return fraction > 0.97 ? 'right-0' : '-translate-x-1/2';
}
