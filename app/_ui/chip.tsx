import clsx from 'clsx';
import type { ComponentProps } from 'react';

type ChipProps = ComponentProps<'button'> & { chosen: boolean };

/** One choice of several that stand side by side. */
export function Chip({ chosen, className, ...rest }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      className={clsx(
        'inline-flex h-10 shrink-0 items-center gap-1.5 rounded-full px-3.5 text-[13px] whitespace-nowrap sm:h-8 sm:px-3 pointer-coarse:h-11',
        chosen
          ? 'bg-text font-semibold text-bg'
          : 'font-medium text-text-2 inset-ring inset-ring-text-3 hover:text-text',
        className,
      )}
      {...rest}
    />
  );
}
