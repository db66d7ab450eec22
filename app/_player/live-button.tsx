import clsx from 'clsx';
import { durationOnClock } from './dial-scale';

type LiveButtonProps = { isAtLive: boolean; behindSeconds: number; onPress: () => void };

/** LIVE: red at the edge; behind it, how far, and a press goes back. */
export function LiveButton({ isAtLive, behindSeconds, onPress }: LiveButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={isAtLive}
      onClick={onPress}
      className={clsx(
        'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-tile px-3 pt-px font-display font-extrabold tracking-[0.04em] pointer-coarse:h-11',
        isAtLive ? 'bg-live-fill text-on-live' : 'bg-raised text-text inset-ring inset-ring-text-3',
      )}
    >
      <span className="sr-only">Go to live</span>
      <span aria-hidden className={clsx('-mt-px size-2 rounded-full', isAtLive ? 'bg-current' : 'bg-text-3')} />
      {/* How far behind is no part of the button's name; the dial says it. */}
      <span aria-hidden>{isAtLive ? 'LIVE' : `−${durationOnClock(behindSeconds)}`}</span>
    </button>
  );
}
