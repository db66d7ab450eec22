'use client';

import { useEffect } from 'react';
import { newId } from '../../stream-node/contract/ids';
import { useSocket } from '../_client/socket';

/**
 * Makes whoever plays a stream count as its viewer. A dropped socket tells the same playback again when it is back, so
 * that nobody is counted twice; a page that goes away says so by a beacon, which arrives even when the socket is cut off.
 */
export function usePlaybackPresence(streamId: string | null, isPlaying: boolean): void {
  const socket = useSocket();
  useEffect(() => {
    if (socket === null || streamId === null || !isPlaying) {
      return;
    }
    let playbackId = newId('playback');
    // An answer would change nothing: a refused playback is simply not counted.
    const start = () => void socket.emit('playback:start', { streamId, playbackId }, () => undefined);
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
      socket.off('connect', start);
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', comeBack);
      if (socket.connected) {
        socket.emit('playback:stop', { playbackId }, () => undefined);
      }
    };
  }, [socket, streamId, isPlaying]);
}
