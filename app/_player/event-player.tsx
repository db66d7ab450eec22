'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { EventView } from '../../server/events/event-view';
import type { StreamView } from '../../server/streams/stream-view';
import { Dial } from './dial';
import { type LoadedSource, placeToGoOn } from './place-to-go-on';
import type { PlaybackSource } from './playback-engine';
import { PlayerControls } from './player-controls';
import { onPlayerKey } from './player-keys';
import { type PlayerPlan, planFor } from './player-plan';
import { PlayerStage } from './player-stage';
import { useMediaSession } from './use-media-session';
import { usePlaybackPresence } from './use-playback-presence';
import { usePlayer } from './use-player';
import { useSavesData } from './use-saves-data';

export type EventPlayerProps = {
  event: EventView;
  /** the event's streams: on air, and those that ended lately */
  streams: StreamView[];
  /** the chosen stream, or null when nobody is on air */
  streamId: string | null;
  /** asked for when the player offers another voice */
  onSelectStream: (streamId: string) => void;
  /** the playhead on the event clock (unix ms), about four times a second; null while nothing plays */
  onPlayhead?: (positionMs: number | null) => void;
  /** the moment to begin at, unix ms: what a link to a moment names */
  startAtMs?: number | null;
};

/**
 * The one player of an event page: region "Player" with one media element that switches between the voices and stays on
 * the same moment of the event clock.
 */
export function EventPlayer(props: EventPlayerProps) {
  const { event, streams, streamId, onSelectStream, onPlayhead, startAtMs = null } = props;
  const region = useRef<HTMLElement>(null);
  const { attach, player, snapshot } = usePlayer();
  const stream = streams.find((candidate) => candidate.id === streamId) ?? null;
  const [savesData, setSavesData] = useSavesData();
  const { plan, source, playAgain } = useHeldPlan(planFor(stream, streamId, savesData), stream, streamId);

  // What a switch takes along: the moment that is heard now, or at first the one a link named.
  const momentMs = useRef(startAtMs);
  const isAfresh = useRef(false);
  momentMs.current = snapshot.positionMs ?? momentMs.current;
  // A recording that was asked for again begins at its beginning.
  const listenAgain =
    playAgain === null
      ? null
      : () => {
          isAfresh.current = true;
          playAgain();
        };
  // Whoever is at the live edge is there again, however far behind it the other mode keeps.
  const saveData = (wanted: boolean) => {
    isAfresh.current = snapshot.isAtLive;
    setSavesData(wanted);
  };
  const { url, isLive, kind, profile, isThin } = source ?? {};
  const loaded = useRef<LoadedSource | null>(null);
  const isBehind = useRef(false);
  isBehind.current = snapshot.positionMs === null ? isBehind.current : !snapshot.isAtLive;
  useEffect(() => {
    if (player === null) {
      return;
    }
    const next =
      url === undefined || isLive === undefined || kind === undefined || profile === undefined || isThin === undefined
        ? null
        : { url, isLive, kind, profile, isThin };
    const place = placeToGoOn({
      ...{ before: loaded.current, streamId, next, momentMs: momentMs.current },
      ...{ isAfresh: isAfresh.current, isBehind: isBehind.current },
    });
    loaded.current = next === null ? loaded.current : { streamId, isLive: next.isLive, isThin: next.isThin };
    void player.load(next, place.atMs, place.isKept);
    isAfresh.current = false;
  }, [player, streamId, url, isLive, kind, profile, isThin]);

  useEffect(() => onPlayhead?.(snapshot.positionMs), [onPlayhead, snapshot.positionMs]);
  const isPlaying = snapshot.phase === 'playing' || snapshot.phase === 'buffering';
  const liveDelayMs = snapshot.isAtLive && snapshot.latencySeconds !== null ? snapshot.latencySeconds * 1000 : null;
  usePlaybackPresence(source === null ? null : streamId, isPlaying, liveDelayMs);
  useMediaSession(event, stream, { player, snapshot, isLive: isLive ?? false });

  const toggleFullscreen = useCallback(() => {
    if (document.fullscreenElement === null) {
      // Refused only without a gesture, and then there is nothing to say.
      region.current?.requestFullscreen?.().catch(() => undefined);
    } else {
      void document.exitFullscreen();
    }
  }, []);
  useEffect(() => {
    const element = region.current;
    if (element === null || player === null) {
      return;
    }
    const onKey = (key: KeyboardEvent) => {
      if (onPlayerKey(key, player, toggleFullscreen)) {
        key.preventDefault();
      }
    };
    element.addEventListener('keydown', onKey);
    return () => element.removeEventListener('keydown', onKey);
  }, [player, toggleFullscreen]);

  const hasPicture = stream?.kind === 'video' && !savesData;
  // A stream that has just ended still plays from its live playlist, and there is no edge to go to any more.
  const isLiveSource = (source?.isLive ?? false) && plan.kind !== 'over';
  return (
    <section
      ref={region}
      aria-label="Player"
      className="flex flex-col gap-3 fullscreen:justify-center fullscreen:bg-bg fullscreen:p-4"
    >
      <PlayerStage
        attach={attach}
        stream={stream}
        hasPicture={hasPicture && source !== null}
        plan={plan}
        snapshot={snapshot}
        otherVoices={streams.filter((other) => other.id !== streamId)}
        onPlay={() => void player?.play()}
        onPlayAgain={listenAgain}
        onSelectStream={onSelectStream}
      />
      <div className="flex flex-col gap-3 px-3 sm:px-0.5">
        {source !== null && snapshot.window !== null && snapshot.positionMs !== null && player !== null ? (
          <Dial
            isLive={isLiveSource}
            window={snapshot.window}
            positionMs={snapshot.positionMs}
            behindSeconds={snapshot.latencySeconds ?? 0}
            pictureUrl={hasPicture ? source.url : null}
            onSeek={(moment) => player.seekTo(moment)}
          />
        ) : (
          <div aria-hidden className="h-14" />
        )}
        {player !== null && source !== null ? (
          <PlayerControls
            player={player}
            snapshot={snapshot}
            isLive={isLiveSource}
            hasPicture={hasPicture}
            savesData={savesData}
            onSaveData={saveData}
            onToggle={listenAgain ?? (() => player.toggle())}
            onFullscreen={toggleFullscreen}
            onPictureInPicture={hasPicture ? pictureInPicture(region) : null}
          />
        ) : (
          <div aria-hidden className="h-24" />
        )}
      </div>
    </section>
  );
}

/**
 * A listener who hears a stream end is not thrown back to its beginning: the last seconds play out, and the recording
 * waits until it is asked for. A listener who comes later gets it at once.
 */
function useHeldPlan(plan: PlayerPlan, stream: StreamView | null, streamId: string | null) {
  const [heard, setHeard] = useState<{ streamId: string; source: PlaybackSource } | null>(null);
  const source = 'source' in plan ? plan.source : null;
  if (source?.isLive && streamId !== null && (heard?.streamId !== streamId || heard.source.url !== source.url)) {
    setHeard({ streamId, source });
  }
  if (stream?.state === 'connecting' && heard?.streamId === streamId) {
    // A broadcaster who comes back: what is loaded goes on as soon as there is more of it.
    return {
      plan: { kind: 'reconnecting', source: heard.source } satisfies PlayerPlan,
      source: heard.source,
      playAgain: null,
    };
  }
  const isOver = plan.kind === 'recording' || plan.kind === 'over';
  if (isOver && heard !== null && heard.streamId === streamId) {
    const playAgain = plan.kind === 'recording' ? () => setHeard(null) : null;
    return { plan: { kind: 'over' } satisfies PlayerPlan, source: heard.source, playAgain };
  }
  return { plan, source, playAgain: null };
}

function pictureInPicture(region: React.RefObject<HTMLElement | null>): (() => void) | null {
  if (typeof document === 'undefined' || !document.pictureInPictureEnabled) {
    return null;
  }
  return () => {
    const video = region.current?.querySelector('video');
    const isInside = video !== null && document.pictureInPictureElement === video;
    // Refused while there is no picture yet; a second press then works.
    (isInside ? document.exitPictureInPicture() : video?.requestPictureInPicture())?.catch(() => undefined);
  };
}
