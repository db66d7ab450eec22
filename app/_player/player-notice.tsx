import clsx from 'clsx';
import type { ReactNode } from 'react';

type PlayerNoticeProps = {
  title: string;
  detail?: string;
  /** turning, while something is being waited for */
  isWaiting?: boolean;
  children?: ReactNode;
};

/** What a player says instead of, or over, its picture: what happened, what still works, and one button. */
export function PlayerNotice({ title, detail, isWaiting = false, children }: PlayerNoticeProps) {
  return (
    <div
      role="status"
      className="absolute inset-x-3 bottom-3 flex flex-wrap items-center gap-3 rounded-row bg-surface px-4 py-3 text-text sm:inset-x-auto sm:left-4 sm:bottom-4 sm:max-w-[min(32rem,calc(100%-2rem))]"
    >
      <span
        aria-hidden
        className={clsx(
          'size-4 shrink-0 rounded-full border-2 border-text-3',
          isWaiting ? 'animate-spin border-t-lamp-text' : 'hidden',
        )}
      />
      <span className="min-w-0 grow basis-40">
        <span className="block font-semibold">{title}</span>
        {detail !== undefined && <span className="block text-small text-text-2">{detail}</span>}
      </span>
      {children}
    </div>
  );
}
