'use client';

import { useEffect, useState } from 'react';
import { StreamDelay } from '../../../../server/realtime/messages';
import { useSocket } from '../../../_client/socket';

/** The web tells it every second; when it no longer does, nobody listens. */
const freshMs = 4000;

/** How long after the event clock the fans of a stream hear it (median, milliseconds); null while nobody says. */
export function useHeardAfter(streamId: string | null): number | null {
  const socket = useSocket();
  const [heardAfterMs, setHeardAfterMs] = useState<number | null>(null);
  useEffect(() => {
    if (socket === null || streamId === null) {
      return;
    }
    let silence: ReturnType<typeof setTimeout> | undefined;
    const forget = () => setHeardAfterMs(null);
    const hear = (message: unknown) => {
      const { data } = StreamDelay.safeParse(message);
      if (data?.streamId === streamId) {
        clearTimeout(silence);
        silence = setTimeout(forget, freshMs);
        setHeardAfterMs(data.medianMs);
      }
    };
    socket.on('stream:delay', hear);
    return () => {
      clearTimeout(silence);
      socket.off('stream:delay', hear);
      forget();
    };
  }, [socket, streamId]);
  return heardAfterMs;
}
