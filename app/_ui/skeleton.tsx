import clsx from 'clsx';

/** A grey bar at the true size of what comes. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={clsx('block rounded-button bg-raised', className)} />;
}
