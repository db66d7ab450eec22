import type { ReactNode } from 'react';
import { PageFrame } from './page-frame';

/** A page of one column: a form or a text. */
export function NarrowPage({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <PageFrame>
      <div className="mx-auto flex max-w-2xl flex-col gap-5 px-3 pt-4 pb-10 sm:px-5 sm:pt-8">
        <header className="flex flex-col gap-1.5">
          <h1 className="text-title">{title}</h1>
          {lead !== undefined && <p className="text-text-2">{lead}</p>}
        </header>
        {children}
      </div>
    </PageFrame>
  );
}
