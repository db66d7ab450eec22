import { expect, test } from 'vitest';
import type { ChatLine } from '../../server/realtime/messages';
import { type EventRoomState, leavesGap, noScore, type RoomNews, roomAfter } from './event-room-state';

const event = {
  id: 'evt_nepalkenya12',
  name: 'Nepal v Kenya',
  description: '',
  startsAt: null,
  endsAt: null,
  runningNow: true,
  matchId: '',
  matchUrl: '',
  createdAt: new Date(0),
  owner: { id: 'usr_sabinakarki1', name: 'Sabina', image: null },
  canEdit: true,
};

const line = (sequence: number): ChatLine => ({
  id: `msg_${sequence}`,
  eventId: event.id,
  sequence,
  clientMessageId: `client-${sequence}`,
  text: `line ${sequence}`,
  author: event.owner,
  streamId: null,
  happenedAtMs: sequence,
  createdAtMs: sequence,
});

const counts = { eventId: event.id, total: 0, byStream: {} };

const room = (sequences: number[]): EventRoomState => ({
  event,
  streams: [],
  counts,
  messages: sequences.map(line),
  lastSequence: sequences.at(-1) ?? 0,
  score: noScore,
  connection: 'connected',
});

const joined = (sequences: number[], lastSequence: number): RoomNews => ({
  kind: 'joined',
  joined: { event, streams: [], counts, messages: sequences.map(line), lastSequence, score: noScore },
});

const sequencesOf = (state: EventRoomState) => state.messages.map((message) => message.sequence);

test('a line that arrives twice is in the log once', () => {
  const once = roomAfter(room([1, 2]), { kind: 'lines', messages: [line(3)] });
  const twice = roomAfter(once, { kind: 'lines', messages: [line(2), line(3), line(4)] });
  expect(sequencesOf(twice)).toEqual([1, 2, 3, 4]);
});

test('lines that would leave a gap are not taken in', () => {
  expect(leavesGap(2, [line(4)])).toBe(true);
  expect(leavesGap(2, [line(2), line(3)])).toBe(false);
  expect(sequencesOf(roomAfter(room([1, 2]), { kind: 'lines', messages: [line(4)] }))).toEqual([1, 2]);
});

test('after a reconnect the log goes on where it stopped', () => {
  const lost = roomAfter(room([1, 2]), { kind: 'connection-lost' });
  expect(lost.connection).toBe('reconnecting');
  const back = roomAfter(lost, joined([3, 4], 4));
  expect(sequencesOf(back)).toEqual([1, 2, 3, 4]);
  expect(back.connection).toBe('connected');
});

test('a page that was too far behind starts its list anew, without a gap inside', () => {
  const back = roomAfter(room([1, 2]), joined([700, 701], 701));
  expect(sequencesOf(back)).toEqual([700, 701]);
  expect(back.lastSequence).toBe(701);
});

test('older lines go before the first one, each once', () => {
  const state = roomAfter(room([5, 6]), { kind: 'earlier-lines', messages: [line(3), line(4), line(5)] });
  expect(sequencesOf(state)).toEqual([3, 4, 5, 6]);
});

test('news of the event to the whole room does not take away the right to edit it', () => {
  const state = roomAfter(room([]), { kind: 'event', event: { ...event, name: 'Final', canEdit: false } });
  expect(state.event).toMatchObject({ name: 'Final', canEdit: true });
});
