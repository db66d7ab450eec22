'use client';

import { type RefCallback, useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { useServerClock } from '../_client/socket';
import { Player } from './player';
import { idlePlayer, type PlayerSnapshot } from './player-state';

const nothingToHear = () => () => {};
const idle = () => idlePlayer;

/** A player on the media element that `attach` is given as its ref; it goes with the element. */
export function usePlayer(): {
  attach: RefCallback<HTMLVideoElement>;
  player: Player | null;
  snapshot: PlayerSnapshot;
} {
  const clock = useServerClock();
  const [player, setPlayer] = useState<Player | null>(null);
  const serverNowMs = useMemo(() => () => clock?.nowMs() ?? performance.timeOrigin + performance.now(), [clock]);
  const attach = useCallback(
    (media: HTMLVideoElement | null) => {
      if (media === null) {
        return;
      }
      const made = new Player(media, serverNowMs);
      setPlayer(made);
      return () => {
        made.close();
        setPlayer(null);
      };
    },
    [serverNowMs],
  );
  const snapshot = useSyncExternalStore(player?.subscribe ?? nothingToHear, player?.snapshot ?? idle, idle);
  return { attach, player, snapshot };
}
