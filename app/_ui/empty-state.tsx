import type { ReactNode } from 'react';

/** Nothing here yet: what would be here, and how to begin. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 rounded-panel bg-surface p-5">
      <h3 className="text-section">{title}</h3>
      {children && <p className="max-w-prose text-text-2">{children}</p>}
      {action && <div className="mt-2 flex flex-wrap gap-2">{action}</div>}
    </div>
  );
}
