'use client';

import { useCallback, useEffect, useReducer, useRef } from 'react';
import {
  type ChatLine,
  ChatLines,
  ChatMessages,
  Counts,
  EventJoined,
  EventMessage,
  EventStreams,
  ScoreMessage,
} from '../../server/realtime/messages';
import { type EventRoomState, leavesGap, noScore, roomAfter } from './event-room-state';
import { useSocket } from './socket';

export type EventRoomStart = Pick<EventRoomState, 'event' | 'streams' | 'messages'> &
  Partial<Pick<EventRoomState, 'score'>>;

export type EventRoom = EventRoomState & {
  /** puts older lines, as read by `chat.history`, before those that are here */
  addEarlierLines: (messages: ChatLine[]) => void;
};

function startState(start: EventRoomStart): EventRoomState {
  const byStream = Object.fromEntries(start.streams.map((stream) => [stream.id, stream.viewers]));
  const total = start.streams.reduce((sum, stream) => sum + stream.viewers, 0);
  return {
    ...start,
    score: start.score ?? noScore,
    counts: { eventId: start.event.id, total, byStream },
    lastSequence: start.messages.at(-1)?.sequence ?? 0,
    connection: 'connecting',
  };
}

/**
 * An event's room, live: joined over the socket, joined again after every break from the last line on, so that the log
 * has no hole and nothing twice.
 *
 * @param start what the server rendered the page with
 */
export function useEventRoom(start: EventRoomStart): EventRoom {
  const eventId = start.event.id;
  const socket = useSocket();
  const [state, tell] = useReducer(roomAfter, start, startState);
  const lastSequence = useRef(state.lastSequence);
  lastSequence.current = state.lastSequence;

  useEffect(() => {
    if (socket === null) {
      return;
    }
    const join = async () => {
      const afterSequence = lastSequence.current > 0 ? { afterSequence: lastSequence.current } : {};
      const answer = await socket.timeout(10_000).emitWithAck('event:join', { eventId, ...afterSequence });
      const joined = EventJoined.safeParse(answer);
      if (joined.success) {
        tell({ kind: 'joined', joined: joined.data });
      }
    };
    // a line that breaks while joining is joined again at its next connect
    const joinAgain = () => void join().catch(() => undefined);
    const fillGap = async () => {
      const answer = await socket
        .timeout(10_000)
        .emitWithAck('chat:since', { eventId, afterSequence: lastSequence.current });
      const lines = ChatLines.safeParse(answer);
      if (lines.success) {
        tell({ kind: 'lines', messages: lines.data.messages });
      }
    };
    const onLines = (message: unknown) => {
      const { data } = ChatMessages.safeParse(message);
      if (data?.eventId !== eventId) {
        return;
      }
      if (leavesGap(lastSequence.current, data.messages)) {
        void fillGap().catch(() => undefined);
      } else {
        tell({ kind: 'lines', messages: data.messages });
      }
    };
    const onStreams = (message: unknown) => {
      const { data } = EventStreams.safeParse(message);
      if (data?.eventId === eventId) {
        tell({ kind: 'streams', streams: data.streams });
      }
    };
    const onCounts = (message: unknown) => {
      const { data } = Counts.safeParse(message);
      if (data?.eventId === eventId) {
        tell({ kind: 'counts', counts: data });
      }
    };
    const onEvent = (message: unknown) => {
      const { data } = EventMessage.safeParse(message);
      if (data?.id === eventId) {
        tell({ kind: 'event', event: data });
      }
    };
    const onScore = (message: unknown) => {
      const { data } = ScoreMessage.safeParse(message);
      if (data?.eventId === eventId) {
        tell({ kind: 'score', score: data.score });
      }
    };
    const onLost = () => tell({ kind: 'connection-lost' });

    socket.on('connect', joinAgain);
    socket.on('disconnect', onLost);
    socket.on('chat:messages', onLines);
    socket.on('event:streams', onStreams);
    socket.on('event:counts', onCounts);
    socket.on('event:updated', onEvent);
    socket.on('score', onScore);
    if (socket.connected) {
      joinAgain();
    }
    return () => {
      socket.off('connect', joinAgain);
      socket.off('disconnect', onLost);
      socket.off('chat:messages', onLines);
      socket.off('event:streams', onStreams);
      socket.off('event:counts', onCounts);
      socket.off('event:updated', onEvent);
      socket.off('score', onScore);
      if (socket.connected) {
        socket.emit('event:leave', { eventId }, () => undefined);
      }
    };
  }, [socket, eventId]);

  const addEarlierLines = useCallback((messages: ChatLine[]) => tell({ kind: 'earlier-lines', messages }), []);
  return { ...state, addEarlierLines };
}
