import type { ReactNode } from 'react';

/** Longer text for reading. */
export function Prose({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-col gap-3 text-lead text-text-2 [&_a]:text-sky [&_a]:underline [&_h2]:mt-4 [&_h2]:text-section [&_h2]:text-text [&_li]:ml-5 [&_li]:list-disc [&_ul]:flex [&_ul]:flex-col [&_ul]:gap-1.5">
      {children}
    </div>
  );
}
