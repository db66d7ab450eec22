import type { ReactNode } from 'react';

type ErrorStateProps = {
  /** what happened */
  title: string;
  /** what still works */
  children: ReactNode;
  /** one button */
  action: ReactNode;
};

/** A page of its own for what went wrong; never blank, never a code alone. */
export function ErrorState({ title, children, action }: ErrorStateProps) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-3 px-3 py-16 sm:px-5">
      <h1 className="text-title">{title}</h1>
      <div className="text-lead text-text-2">{children}</div>
      <div className="mt-3 flex flex-wrap gap-2">{action}</div>
    </div>
  );
}
