'use client';

import { useEffect } from 'react';
import type { EventView } from '../../server/events/event-view';
import type { StreamView } from '../../server/streams/stream-view';
import type { Player } from './player';

/** Shows the voice and the event on a lock screen and lets its keys work. A live stream has no length to show there. */
export function useMediaSession(event: EventView, stream: StreamView | null, player: Player | null): void {
  const voice = stream?.owner.name ?? null;
  const image = stream?.owner.image ?? null;
  useEffect(() => {
    if (!('mediaSession' in navigator) || player === null || voice === null) {
      return;
    }
    const { mediaSession } = navigator;
    mediaSession.metadata = new MediaMetadata({
      title: event.name,
      artist: voice,
      album: 'zyzz',
      artwork: image === null ? [] : [{ src: image }],
    });
    const actions: [MediaSessionAction, () => void][] = [
      ['play', () => void player.play()],
      ['pause', () => player.pause()],
      ['stop', () => player.pause()],
      ['seekbackward', () => player.seekBy(-10)],
      ['seekforward', () => player.seekBy(10)],
    ];
    for (const [action, handler] of actions) {
      mediaSession.setActionHandler(action, handler);
    }
    return () => {
      mediaSession.metadata = null;
      for (const [action] of actions) {
        mediaSession.setActionHandler(action, null);
      }
    };
  }, [event.name, voice, image, player]);
}
