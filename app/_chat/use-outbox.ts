'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { type ChatLine, ChatSent, Refusal } from '../../server/realtime/messages';
import { newId } from '../../stream-node/contract/ids';
import { useSocket } from '../_client/socket';

/** A line of one's own that the log does not have yet. */
export type OutgoingLine = {
  clientMessageId: string;
  text: string;
  streamId: string | null;
  happenedAtMs: number;
  status: 'sending' | 'failed';
  /** why it failed, in words */
  why: string | null;
};

export type Outbox = {
  lines: OutgoingLine[];
  send: (line: { text: string; streamId: string | null; happenedAtMs: number }) => void;
  retry: (clientMessageId: string) => void;
  discard: (clientMessageId: string) => void;
};

const answerWithinMs = 8_000;

/**
 * One's own lines on their way: shown at once, sent again with the same id after a break (the server stores it once), and
 * gone from here as soon as the log has them.
 */
export function useOutbox(eventId: string, log: ChatLine[]): Outbox {
  const socket = useSocket();
  const [lines, setLines] = useState<OutgoingLine[]>([]);
  const current = useRef(lines);
  current.current = lines;

  const mark = useCallback((clientMessageId: string, change: Partial<OutgoingLine>) => {
    setLines((all) => all.map((line) => (line.clientMessageId === clientMessageId ? { ...line, ...change } : line)));
  }, []);

  const transmit = useCallback(
    async (line: OutgoingLine) => {
      if (socket === null) {
        return;
      }
      const { clientMessageId, text, streamId, happenedAtMs } = line;
      try {
        const answer: unknown = await socket.timeout(answerWithinMs).emitWithAck('chat:send', {
          eventId,
          clientMessageId,
          text,
          happenedAtMs,
          ...(streamId === null ? {} : { streamId }),
        });
        const refusal = Refusal.safeParse(answer);
        if (!ChatSent.safeParse(answer).success) {
          mark(clientMessageId, { status: 'failed', why: refusal.data?.message ?? 'It was not taken' });
        }
      } catch {
        // no answer: while the line is down it stays on its way and goes out at the next connect
        if (socket.connected) {
          mark(clientMessageId, { status: 'failed', why: 'No answer' });
        }
      }
    },
    [socket, eventId, mark],
  );

  useEffect(() => {
    if (socket === null) {
      return;
    }
    const sendAgain = () => {
      for (const line of current.current) {
        if (line.status === 'sending') {
          void transmit(line);
        }
      }
    };
    socket.on('connect', sendAgain);
    return () => {
      socket.off('connect', sendAgain);
    };
  }, [socket, transmit]);

  const logged = new Set(log.slice(-200).map((line) => line.clientMessageId));
  const stillOut = lines.filter((line) => !logged.has(line.clientMessageId));
  useEffect(() => {
    if (stillOut.length !== lines.length) {
      setLines(stillOut);
    }
  });

  const send: Outbox['send'] = useCallback(
    (written) => {
      const line: OutgoingLine = { ...written, clientMessageId: newId('message'), status: 'sending', why: null };
      setLines((all) => [...all, line]);
      void transmit(line);
    },
    [transmit],
  );
  const retry = useCallback(
    (clientMessageId: string) => {
      const line = current.current.find((candidate) => candidate.clientMessageId === clientMessageId);
      if (line !== undefined) {
        mark(clientMessageId, { status: 'sending', why: null });
        void transmit(line);
      }
    },
    [mark, transmit],
  );
  const discard = useCallback((clientMessageId: string) => {
    setLines((all) => all.filter((line) => line.clientMessageId !== clientMessageId));
  }, []);
  return { lines: stillOut, send, retry, discard };
}
