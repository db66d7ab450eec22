'use client';

import { useState } from 'react';
import { Button } from '../../../_ui/button';

/**
 * Ends the stream, after asking once: in the room beside the sign, so that nothing below it moves. As with any last question the
 * focus is on the answer that changes nothing, and the second tap of a double tap is no answer.
 */
export function EndButton({ isEnding, onEnd }: { isEnding: boolean; onEnd: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const [hasStayed, setStayed] = useState(false);
  const stay = () => {
    setStayed(true);
    setAsking(false);
  };
  if (isEnding) {
    return (
      <p role="status" className="py-2.5 font-semibold">
        Sending the last words…
      </p>
    );
  }
  if (!isAsking) {
    return (
      <Button look="danger" className="h-12 px-5.5" autoFocus={hasStayed} onClick={() => setAsking(true)}>
        End stream
      </Button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      role="group"
      aria-label="End the stream for everyone?"
      className="flex flex-col items-end gap-1"
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          stay();
        }
      }}
    >
      <span className="font-semibold">End it for everyone?</span>
      <span className="flex gap-2">
        <Button look="danger" className="h-12 animate-deaf px-5.5" onClick={onEnd}>
          End it
        </Button>
        <Button className="h-12" onClick={stay} autoFocus>
          Stay on air
        </Button>
      </span>
    </div>
  );
}
