'use client';

import { useState } from 'react';
import { Button } from '../../../_ui/button';

/** Ends the stream, after asking once. */
export function EndButton({ isEnding, onEnd }: { isEnding: boolean; onEnd: () => void }) {
  const [isAsking, setAsking] = useState(false);
  if (isEnding) {
    return (
      <p role="status" className="py-2.5 font-semibold">
        Sending the last words…
      </p>
    );
  }
  if (!isAsking) {
    return (
      <Button look="danger" className="h-12 px-5.5" onClick={() => setAsking(true)}>
        End stream
      </Button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div role="group" aria-label="End the stream for everyone?" className="flex flex-wrap items-center gap-2">
      <span className="font-semibold">End it for everyone?</span>
      <Button look="danger" className="h-12 px-5.5" onClick={onEnd} autoFocus>
        End it
      </Button>
      <Button className="h-12" onClick={() => setAsking(false)}>
        Stay on air
      </Button>
    </div>
  );
}
