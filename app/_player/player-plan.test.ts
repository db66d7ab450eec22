import { expect, test } from 'vitest';
import type { StreamView } from '../../server/streams/stream-view';
import type { StreamState } from '../../stream-node/contract/stream-state';
import { planFor } from './player-plan';

const playback = {
  hls: 'http://n/i',
  dash: 'http://n/d',
  audio: 'http://n/a',
  recording: 'http://n/r',
  recordingAudio: 'http://n/ra',
  thin: 'http://n/t',
  recordingThin: 'http://n/rt',
};

function stream(state: StreamState, changes: Partial<StreamView> = {}): StreamView {
  return {
    id: 'str_testtesttest',
    eventId: 'evt_testtesttest',
    name: 'From the stand',
    description: '',
    kind: 'video',
    language: 'en',
    record: true,
    visibility: 'public',
    profile: 'balanced',
    state,
    reason: null,
    createdAt: new Date(),
    startedAt: null,
    endedAt: null,
    owner: { id: 'usr_testtesttest', name: 'Asha', image: null },
    viewers: 0,
    liveEdgeMs: null,
    playback,
    hasRecording: true,
    recordingSeconds: 10,
    wholeRecordingSeconds: 10,
    trim: null,
    posterUrl: null,
    recordingFault: null,
    expiresAt: null,
    ...changes,
  };
}

const plan = (state: StreamState, changes?: Partial<StreamView>) => planFor(stream(state, changes), 'str_testtesttest');

test('every state has something to show, never a blank box', () => {
  expect(plan('created').kind).toBe('connecting');
  expect(plan('connecting').kind).toBe('connecting');
  expect(plan('parked').kind).toBe('connecting');
  expect(plan('live')).toMatchObject({ kind: 'live', source: { url: 'http://n/i', isLive: true } });
  expect(plan('interrupted')).toMatchObject({ kind: 'reconnecting', source: { url: 'http://n/i' } });
  expect(plan('paused').kind).toBe('reconnecting');
  expect(plan('ended')).toMatchObject({ kind: 'recording', source: { url: 'http://n/r', isLive: false } });
  expect(plan('failed').kind).toBe('recording');
});

test('what was not recorded is over, what failed says so', () => {
  expect(plan('ended', { hasRecording: false }).kind).toBe('over');
  expect(plan('failed', { hasRecording: false }).kind).toBe('failed');
  expect(plan('live', { playback: null }).kind).toBe('connecting');
});

test('nobody chosen and a stream that was removed are told apart', () => {
  expect(planFor(null, null).kind).toBe('nobody');
  expect(planFor(null, 'str_testtesttest').kind).toBe('gone');
});

test('whoever saves data gets the sound alone, of the stream and of its recording', () => {
  const thin = (state: StreamState) => planFor(stream(state), 'str_testtesttest', true);
  expect(thin('live')).toMatchObject({ kind: 'live', source: { url: 'http://n/t', kind: 'audio', isThin: true } });
  expect(thin('ended')).toMatchObject({ source: { url: 'http://n/rt', kind: 'audio', isThin: true } });
  expect(plan('live')).toMatchObject({ source: { kind: 'video', isThin: false } });
});
