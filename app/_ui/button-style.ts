import clsx from 'clsx';

/** `lamp` is the one main action of a page; `danger` is an outline, never a fill. */
export type ButtonLook = 'lamp' | 'plain' | 'quiet' | 'danger';
export type ButtonSize = 'regular' | 'large' | 'icon';

const looks: Record<ButtonLook, string> = {
  lamp: 'bg-lamp text-on-lamp hover:brightness-105 disabled:bg-raised disabled:text-text-3',
  plain: 'bg-raised text-text inset-ring inset-ring-line hover:inset-ring-text-3 disabled:text-text-3',
  quiet: 'text-text-2 hover:bg-raised hover:text-text disabled:text-text-3',
  danger: 'text-live inset-ring-2 inset-ring-live hover:bg-live-fill hover:text-on-live hover:inset-ring-live-fill',
};

const sizes: Record<ButtonSize, string> = {
  regular: 'h-10 rounded-button px-4 pointer-coarse:h-11',
  large: 'h-15 rounded-row px-6 text-lead',
  icon: 'size-10 rounded-button pointer-coarse:size-11',
};

/** The classes of everything that looks like a button, link or not. */
export function buttonStyle(look: ButtonLook, size: ButtonSize, extra?: string): string {
  return clsx(
    'inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap font-semibold select-none',
    'disabled:cursor-default aria-disabled:pointer-events-none',
    looks[look],
    sizes[size],
    extra,
  );
}
