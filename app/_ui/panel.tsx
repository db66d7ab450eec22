import clsx from 'clsx';
import type { ComponentProps } from 'react';

/** A plain surface for one matter. Panels are never nested. */
export function Panel({ className, ...rest }: ComponentProps<'section'>) {
  return <section className={clsx('rounded-panel bg-surface p-4 sm:p-5', className)} {...rest} />;
}
