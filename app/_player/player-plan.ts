import type { StreamView } from '../../server/streams/stream-view';
import type { PlaybackSource } from './playback-engine';

/**
 * What a player does about a stream: play it live, play its recording, or say why there is nothing to play. A stream that
 * is interrupted keeps its live playlist: the picture stays, and goes on where it stopped.
 */
export type PlayerPlan =
  | { kind: 'nobody' | 'connecting' | 'over' | 'failed' | 'gone' }
  | { kind: 'live' | 'reconnecting' | 'recording'; source: PlaybackSource };

/** `streamId` may name a stream that is not in the list any more: it was removed. */
export function planFor(stream: StreamView | null, streamId: string | null, savesData = false): PlayerPlan {
  if (stream === null) {
    return { kind: streamId === null ? 'nobody' : 'gone' };
  }
  const { state, playback, profile } = stream;
  const kind = savesData ? 'audio' : stream.kind;
  const live = (savesData ? playback?.thin : playback?.hls) ?? '';
  const recording = (savesData ? playback?.recordingThin : playback?.recording) ?? '';
  const shared = { kind, profile, isThin: savesData };
  switch (state) {
    case 'created':
    case 'connecting':
    case 'parked':
      return { kind: 'connecting' };
    case 'live':
      return playback === null
        ? { kind: 'connecting' }
        : { kind: 'live', source: { ...shared, url: live, isLive: true } };
    case 'interrupted':
    case 'paused':
      return playback === null
        ? { kind: 'connecting' }
        : { kind: 'reconnecting', source: { ...shared, url: live, isLive: true } };
    case 'ended':
    case 'failed':
      return playback === null || !stream.hasRecording
        ? { kind: state === 'failed' ? 'failed' : 'over' }
        : { kind: 'recording', source: { ...shared, url: recording, isLive: false } };
    default:
      return state satisfies never;
  }
}
