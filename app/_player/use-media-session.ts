'use client';

import { useEffect } from 'react';
import type { EventView } from '../../server/events/event-view';
import type { StreamView } from '../../server/streams/stream-view';
import { mediaSessionActions, playbackStateOf, positionStateOf } from './media-session';
import type { Player } from './player';
import type { PlayerSnapshot } from './player-state';

/** Shows the voice and the event on a lock screen, and lets its keys work there. */
export function useMediaSession(
  event: EventView,
  stream: StreamView | null,
  { player, snapshot, isLive }: { player: Player | null; snapshot: PlayerSnapshot; isLive: boolean },
): void {
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
      artwork: image === null ? [{ src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' }] : [{ src: image }],
    });
    const actions = mediaSessionActions(player, isLive);
    const heard = [...actions].filter(([action, handler]) => setHandler(mediaSession, action, handler));
    return () => {
      mediaSession.metadata = null;
      mediaSession.playbackState = 'none';
      for (const [action] of heard) {
        setHandler(mediaSession, action, null);
      }
    };
  }, [event.name, voice, image, player, isLive]);

  const state = playbackStateOf(snapshot.phase);
  const position = positionStateOf(snapshot, isLive);
  const duration = position?.duration;
  // Lock screens count on by themselves; they need a new word only about as often as people look.
  const atSeconds = position === undefined ? undefined : Math.floor(position.position);
  useEffect(() => {
    if ('mediaSession' in navigator && player !== null) {
      navigator.mediaSession.playbackState = state;
      navigator.mediaSession.setPositionState?.(
        duration === undefined || atSeconds === undefined ? undefined : { duration, position: atSeconds },
      );
    }
  }, [player, state, duration, atSeconds]);
}

/** `false` for a key that this browser does not know, which it says by throwing. */
function setHandler(
  mediaSession: MediaSession,
  action: MediaSessionAction,
  handler: MediaSessionActionHandler | null,
): boolean {
  try {
    mediaSession.setActionHandler(action, handler);
    return true;
  } catch {
    return false;
  }
}
