import { expect, test } from 'vitest';
import type { StreamView } from '../../../server/streams/stream-view';
import { chooseStream, keepOrder } from './choose-stream';

const stream = (id: string, more: Partial<StreamView> = {}): StreamView => ({
  id,
  eventId: 'evt_nepalkenya12',
  name: id,
  description: '',
  kind: 'audio',
  language: 'en',
  record: true,
  visibility: 'public',
  profile: 'balanced',
  state: 'live',
  reason: null,
  createdAt: new Date(0),
  startedAt: null,
  endedAt: null,
  owner: { id: `usr_${id}`, name: id, image: null },
  viewers: 0,
  liveEdgeMs: null,
  playback: null,
  hasRecording: false,
  recordingSeconds: 0,
  wholeRecordingSeconds: 0,
  trim: null,
  posterUrl: null,
  recordingFault: null,
  expiresAt: null,
  ...more,
});

test('my language comes first, then the most listeners', () => {
  const streams = [stream('tom', { viewers: 90 }), stream('sabina', { language: 'ne-NP', viewers: 3 })];
  expect(chooseStream(streams, undefined, 'ne')).toBe('sabina');
  expect(chooseStream(streams, undefined, 'sw')).toBe('tom');
});

test('the address wins, even for a stream that is gone', () => {
  expect(chooseStream([stream('tom')], 'str_removed', 'en')).toBe('str_removed');
});

test('with nobody on air the newest recording opens; with none, nothing does', () => {
  const ended = [
    stream('first', { state: 'ended', hasRecording: true }),
    stream('second', { state: 'ended', hasRecording: true }),
  ];
  expect(chooseStream(ended, undefined, 'en')).toBe('second');
  expect(chooseStream([stream('tom', { state: 'connecting' })], undefined, 'en')).toBeNull();
});

test('voices keep their place when listeners change and others come or go', () => {
  const first = keepOrder([], [stream('a', { viewers: 5 }), stream('b', { viewers: 9 })], 'en').map(({ id }) => id);
  expect(first).toEqual(['b', 'a']);
  const later = keepOrder(first, [stream('a', { viewers: 50 }), stream('c', { viewers: 99 }), stream('b')], 'en');
  expect(later.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
});
