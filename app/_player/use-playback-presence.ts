'use client';

import { useEffect, useRef } from 'react';
import { newId } from '../../stream-node/contract/ids';
import { useSocket } from '../_client/socket';

/** The broadcaster is told the median of what players say; it need not be newer than this, in milliseconds. */
const tellDelayEveryMs = 3000;

/**
 * Makes whoever plays a stream count as its viewer. A dropped socket tells the same playback again when it is back, so
 * that nobody is counted twice; a page that goes away says so by a beacon, which arrives even when the socket is cut off.
 *
 * @param delayMs how far behind the event clock it plays while it follows the live edge, else null
 */
export function usePlaybackPresence(streamId: string | null, isPlaying: boolean, delayMs: number | null): void {
  const socket = useSocket();
  const newestDelayMs = useRef(delayMs);
  newestDelayMs.current = delayMs;
  useEffect(() => {
    if (socket === null || streamId === null || !isPlaying) {
      return;
    }
    let playbackId = newId('playback');
    // An answer would change nothing: a refused playback is simply not counted.
    const start = () => void socket.emit('playback:start', { streamId, playbackId }, () => undefined);
    const tellDelay = () => {
      const behindMs = newestDelayMs.current;
      if (behindMs !== null && socket.connected) {
        socket.emit('playback:delay', { playbackId, delayMs: Math.max(0, Math.round(behindMs)) }, () => undefined);
      }
    };
    const timer = setInterval(tellDelay, tellDelayEveryMs);
    const leave = () => {
      navigator.sendBeacon('/api/playback/left', JSON.stringify({ playbackId }));
    };
    const comeBack = (event: PageTransitionEvent) => {
      if (event.persisted) {
        playbackId = newId('playback');
        start();
      }
    };
    socket.on('connect', start);
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', comeBack);
    if (socket.connected) {
      start();
    }
    return () => {
      clearInterval(timer);
      socket.off('connect', start);
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', comeBack);
      if (socket.connected) {
        socket.emit('playback:stop', { playbackId }, () => undefined);
      }
    };
  }, [socket, streamId, isPlaying]);
}
