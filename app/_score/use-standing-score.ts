'use client';

import { useEffect, useRef, useState } from 'react';
import { ScoreAnswer } from '../../server/realtime/messages';
import type { ScoreChange } from '../../server/score/score-view';
import { useSocket } from '../_client/socket';
import type { EventRoom } from '../_client/use-event-room';
import { type EarlierScore, standingScore } from './standing-score';

/** While an answer is missing, it is asked for again when the playhead has moved so far. */
const askAgainMs = 5_000;

/**
 * The score that stands at the viewer's playhead. One further back than the page remembers is asked for.
 *
 * @param atMs unix ms; `null`, while nothing plays, stands for now
 */
export function useStandingScore(room: EventRoom, atMs: number | null): ScoreChange | null {
  const socket = useSocket();
  const [earlier, setEarlier] = useState<EarlierScore | null>(null);
  const { change, isUnknown } = standingScore(room.score.changes, earlier, atMs);
  const playhead = useRef(atMs);
  playhead.current = atMs;
  const eventId = room.event.id;
  const isConnected = room.connection === 'connected';
  const stretch = isUnknown && atMs !== null ? Math.floor(atMs / askAgainMs) : null;

  useEffect(() => {
    const fromMs = playhead.current;
    if (socket === null || !isConnected || stretch === null || fromMs === null) {
      return;
    }
    let isWanted = true;
    const ask = async () => {
      const answer = await socket.timeout(10_000).emitWithAck('score:at', { eventId, atMs: fromMs });
      const { data } = ScoreAnswer.safeParse(answer);
      if (data !== undefined && isWanted) {
        setEarlier({ changes: data.changes, untilMs: data.untilMs, fromMs });
      }
    };
    ask().catch(() => undefined);
    return () => {
      isWanted = false;
    };
  }, [socket, isConnected, eventId, stretch]);
  return change;
}
