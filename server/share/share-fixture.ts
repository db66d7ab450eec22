import type { EventView } from '../events/event-view';
import type { StreamView } from '../streams/stream-view';

// For tests: views as the operations give them.

export const owner = { id: 'usr_sabina12345', name: 'Sabina Karki', image: null };

export function eventOf(changes: Partial<EventView> = {}): EventView {
  return {
    id: 'evt_nepalkenya1',
    name: 'Nepal v Kenya',
    description: '',
    startsAt: new Date('2026-11-21T18:45:00Z'),
    endsAt: new Date('2026-11-21T22:00:00Z'),
    runningNow: false,
    matchId: '',
    matchUrl: '',
    createdAt: new Date('2026-11-01T00:00:00Z'),
    owner,
    canEdit: false,
    ...changes,
  };
}

export function streamOf(changes: Partial<StreamView> = {}): StreamView {
  const file = (name: string) => `https://node.example/stream/str_sabina12345/${name}`;
  return {
    id: 'str_sabina12345',
    eventId: 'evt_nepalkenya1',
    name: 'Ball by ball',
    description: '',
    kind: 'audio',
    language: 'ne',
    record: true,
    visibility: 'public',
    profile: 'balanced',
    state: 'live',
    reason: null,
    createdAt: new Date('2026-11-21T18:30:00Z'),
    startedAt: new Date('2026-11-21T18:40:00Z'),
    endedAt: null,
    owner,
    viewers: 3,
    liveEdgeMs: null,
    playback: {
      hls: file('index.m3u8'),
      dash: file('manifest.mpd'),
      audio: file('audio.m3u8'),
      recording: file('recording.m3u8'),
      recordingAudio: file('recording-audio.m3u8'),
      thin: file('thin.m3u8'),
      recordingThin: file('recording-thin.m3u8'),
    },
    hasRecording: false,
    recordingSeconds: 0,
    wholeRecordingSeconds: 0,
    trim: null,
    posterUrl: null,
    recordingFault: null,
    expiresAt: null,
    ...changes,
  };
}
