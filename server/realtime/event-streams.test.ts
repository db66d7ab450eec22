import { expect, test } from 'vitest';
import type { StreamView } from '../streams/stream-view';
import { streamsFingerprint } from './event-streams';

function view(nodeUrl: string, grant: string, changes: Partial<StreamView> = {}): StreamView {
  const url = (file: string) => `${nodeUrl}/stream/str_testtesttest/~${grant}/${file}`;
  return {
    ...{ id: 'str_testtesttest', eventId: 'evt_testtesttest', name: 'A voice', description: '', kind: 'audio' },
    ...{ language: 'en', record: true, visibility: 'private', profile: 'balanced', state: 'live', reason: null },
    ...{ createdAt: new Date(0), startedAt: new Date(0), endedAt: null, owner: { id: 'u', name: 'n', image: null } },
    ...{ viewers: 3, liveEdgeMs: 5, hasRecording: true, recordingSeconds: 1, wholeRecordingSeconds: 1 },
    ...{ trim: null, posterUrl: null, recordingFault: null, expiresAt: null },
    playback: {
      ...{ hls: url('index.m3u8'), dash: url('manifest.mpd'), audio: url('audio.m3u8') },
      ...{ recording: url('recording.m3u8'), recordingAudio: url('recording-audio.m3u8') },
      ...{ thin: url('thin.m3u8'), recordingThin: url('recording-thin.m3u8') },
    },
    ...changes,
  };
}

test('pages are told when a stream, a private one too, is played from another node, and not of a new grant', () => {
  const before = streamsFingerprint([view('http://a.test', 'one')]);
  expect(streamsFingerprint([view('http://a.test', 'two', { viewers: 9, liveEdgeMs: 6 })])).toBe(before);
  expect(streamsFingerprint([view('http://b.test', 'one')])).not.toBe(before);
  expect(streamsFingerprint([view('http://a.test', 'one', { playback: null })])).not.toBe(before);
});
