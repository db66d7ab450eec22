'use client';

import { Button } from './_ui/button';
import { ErrorState } from './_ui/error-state';

/** What a page becomes when it fails: the rest of zyzz still works, and one button tries again. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <main>
      <ErrorState
        title="Something went wrong on our side"
        action={
          <>
            <Button look="lamp" onClick={reset}>
              Try again
            </Button>
            {/* a whole new page: what failed may be in this one's memory */}
            <a href="/" className="inline-flex h-10 items-center px-4 font-semibold text-text-2 underline">
              See what is live
            </a>
          </>
        }
      >
        This page could not be made. What is on air goes on, and nothing you sent is lost.
      </ErrorState>
    </main>
  );
}
