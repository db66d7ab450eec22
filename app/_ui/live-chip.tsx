import clsx from 'clsx';

/** LIVE, as a sign beside a name. Not a control: the player's own LIVE is the button. */
export function LiveChip({ small = false }: { small?: boolean }) {
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1.5 rounded-tile bg-live-fill font-display font-extrabold tracking-[0.04em] text-on-live',
        small ? 'h-5 px-1.5 pt-px text-small' : 'h-6 px-2 pt-px text-[13px]',
      )}
    >
      <span aria-hidden className="-mt-px size-2 rounded-full bg-current" />
      LIVE
    </span>
  );
}
