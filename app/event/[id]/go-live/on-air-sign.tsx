'use client';

import clsx from 'clsx';
import { useEffect, useState } from 'react';
import { durationOnClock } from '../../../_player/dial-scale';

type OnAirSignProps = {
  isOnAir: boolean;
  startedAtMs: number | null;
  /** who and how: under the timer */
  detail: string;
  /** amber: what the broadcaster should know now */
  warning: string | null;
};

/** What stands beside the dark sign. */
export function offAirWords(isOver: boolean): string {
  return isOver ? 'Nobody hears you any more.' : 'Nobody hears you yet.';
}

/** The sign over the booth's door, with the time since it was lit. */
export function OnAirSign({ isOnAir, startedAtMs, detail, warning }: OnAirSignProps) {
  const seconds = useSecondsSince(startedAtMs);
  return (
    <div className="flex flex-wrap items-center gap-x-7 gap-y-4">
      <div
        className={clsx(
          'rounded-row p-1.5',
          isOnAir ? 'bg-[#2a0b07] shadow-[0_0_0_3px_#050d0a,0_0_50px_#e23b2b66]' : 'bg-tile shadow-[0_0_0_3px_#050d0a]',
        )}
      >
        <div
          className={clsx(
            'rounded-button px-6 pt-4 pb-2 font-display text-[34px] leading-[38px] font-extrabold tracking-[0.05em] whitespace-nowrap sm:text-[46px] sm:leading-[48px]',
            isOnAir
              ? 'bg-[radial-gradient(ellipse_at_50%_40%,#e23b2b,#b51f13_80%)] text-on-live inset-ring-2 inset-ring-[#ff9a8a55]'
              : 'bg-board-2 text-board-dim inset-ring-2 inset-ring-board-edge',
          )}
          role="status"
        >
          {isOnAir ? 'ON AIR' : 'OFF AIR'}
        </div>
      </div>
      <div className="min-w-0">
        {startedAtMs !== null && (
          <div role="timer" aria-label="Time on air" className="pt-2 font-display text-sign">
            {durationOnClock(seconds)}
          </div>
        )}
        <p className="text-text-2">{detail}</p>
        <p role="status" className="font-semibold text-lamp-text empty:hidden sm:max-w-60">
          {warning}
        </p>
      </div>
    </div>
  );
}

function useSecondsSince(startedAtMs: number | null): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (startedAtMs === null) {
      return;
    }
    const tick = () => setSeconds((Date.now() - startedAtMs) / 1000);
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [startedAtMs]);
  return seconds;
}
