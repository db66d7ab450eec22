import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { events, nodes, streams } from '../../db/schema';
import { notifyRoom } from '../bus/notify';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { makePerson, type TestPerson } from '../testing/test-people';
import { EventJoined, EventMessage, EventStreams } from './messages';
import { accepted, ask, makeEvent, makeStream, type RealtimeWeb, startRealtimeWeb } from './realtime-fixture';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 60_000 });

let database: TestDatabase;
let web: RealtimeWeb;
let owner: TestPerson;
let eventId: string;

beforeAll(async () => {
  database = await openTestDatabase();
  web = await startRealtimeWeb(database.url);
  owner = await makePerson(database.db, 'Sabina Karki');
});

afterAll(async () => {
  await web?.close();
  await database?.close();
});

/** A page on the event, and what it was told, read as a page reads it. */
async function onEvent(user?: TestPerson) {
  const page = await web.page({ user });
  const told = { streams: [] as EventStreams[], events: [] as unknown[] };
  page.on('event:streams', (message) => told.streams.push(EventStreams.parse(message)));
  page.on('event:updated', (message) => told.events.push(EventMessage.parse(message)));
  const joined = EventJoined.parse(await ask(page, 'event:join', { eventId }));
  return { page, joined, told };
}

test('a page is shown the event, what is on air and what ended lately', async () => {
  eventId = await makeEvent(database.db, owner.id);
  const ofEvent = { eventId, ownerId: owner.id };
  const live = await makeStream(database.db, ofEvent);
  const justEnded = await makeStream(database.db, { ...ofEvent, state: 'ended', endedAt: new Date() });
  await makeStream(database.db, { ...ofEvent, state: 'ended', endedAt: new Date(Date.now() - 3_600_000) });
  await makeStream(database.db, { ...ofEvent, state: 'created', startedAt: null });
  const { joined } = await onEvent();
  expect(joined.streams.map(({ id }) => id)).toEqual([live, justEnded]);
  expect(joined.event).toMatchObject({ id: eventId, canEdit: false, owner: { name: 'Sabina Karki' } });
  expect(joined.event.createdAt).toBeInstanceOf(Date);
});

test('a stream that goes on air or off is told at once, with the whole list; a figure that moved is not', async () => {
  eventId = await makeEvent(database.db, owner.id);
  const { told } = await onEvent();
  const streamId = await makeStream(database.db, { eventId, ownerId: owner.id });
  const hint = { room: `event:${eventId}`, kind: 'streams' } as const;
  await notifyRoom(database.db, hint);
  await vi.waitFor(() => expect(told.streams).toHaveLength(1));
  expect(told.streams[0]?.streams.map(({ id, state }) => [id, state])).toEqual([[streamId, 'live']]);
  await notifyRoom(database.db, hint);
  await database.db.update(streams).set({ state: 'ended', endedAt: new Date() }).where(eq(streams.id, streamId));
  await notifyRoom(database.db, hint);
  await vi.waitFor(() => expect(told.streams).toHaveLength(2));
  expect(told.streams[1]?.streams[0]?.state).toBe('ended');
});

test('a change whose hint was lost is told all the same', async () => {
  eventId = await makeEvent(database.db, owner.id);
  const { told } = await onEvent();
  await makeStream(database.db, { eventId, ownerId: owner.id });
  await vi.waitFor(() => expect(told.streams).toHaveLength(1), 8000);
});

test('an edited event is told, to its owner as one who may edit it', async () => {
  eventId = await makeEvent(database.db, owner.id);
  const fan = await onEvent();
  const own = await onEvent(owner);
  expect(own.joined.event.canEdit).toBe(true);
  await database.db.update(events).set({ name: 'Nepal v Kenya, final' }).where(eq(events.id, eventId));
  await notifyRoom(database.db, { room: `event:${eventId}`, kind: 'event' });
  await vi.waitFor(() => expect([fan.told.events.length, own.told.events.length]).toEqual([1, 1]));
  expect(fan.told.events[0]).toMatchObject({ name: 'Nepal v Kenya, final', canEdit: false });
  expect(own.told.events[0]).toMatchObject({ name: 'Nepal v Kenya, final', canEdit: true });
});

test('a private stream, and the grant in its URLs, is told to its owner alone', async () => {
  eventId = await makeEvent(database.db, owner.id);
  const publicUrl = 'http://127.0.0.1:9';
  await database.db.insert(nodes).values({ id: `nod_${eventId}`, name: 'node', publicUrl });
  const fan = await onEvent(await makePerson(database.db, 'Fan'));
  const own = await onEvent(owner);
  await makeStream(database.db, { eventId, ownerId: owner.id, visibility: 'private', nodeId: `nod_${eventId}` });
  await makeStream(database.db, { eventId, ownerId: owner.id, name: 'For all' });
  await notifyRoom(database.db, { room: `event:${eventId}`, kind: 'streams' });
  await vi.waitFor(() => expect([fan.told.streams.length, own.told.streams.length]).toEqual([1, 1]));
  expect(fan.told.streams[0]?.streams.map(({ name }) => name)).toEqual(['For all']);
  expect(own.told.streams[0]?.streams.map(({ visibility }) => visibility)).toEqual(['private', 'public']);
  expect(own.told.streams[0]?.streams[0]?.playback?.hls).toContain('/~');
  expect((await onEvent(owner)).joined.streams).toHaveLength(2);
});

test("an owner's private stream stays where it is played from, whatever else of the event is told", async () => {
  eventId = await makeEvent(database.db, owner.id);
  await database.db.insert(nodes).values({ id: `nod_${eventId}`, name: 'node', publicUrl: 'http://127.0.0.1:9' });
  const ofEvent = { eventId, ownerId: owner.id, nodeId: `nod_${eventId}` };
  const privateId = await makeStream(database.db, { ...ofEvent, visibility: 'private' });
  const { joined, told } = await onEvent(owner);
  const again = await onEvent(owner);
  const fan = await onEvent();
  const urlOf = (list?: EventStreams['streams']) => list?.find(({ id }) => id === privateId)?.playback?.hls;
  expect(urlOf(joined.streams)).toContain('/~');
  expect(urlOf(again.joined.streams)).toBe(urlOf(joined.streams));
  await makeStream(database.db, { ...ofEvent, name: 'For all' });
  await notifyRoom(database.db, { room: `event:${eventId}`, kind: 'streams' });
  await vi.waitFor(() => expect([told.streams.length, fan.told.streams.length]).toEqual([1, 1]));
  expect(urlOf(told.streams[0]?.streams)).toBe(urlOf(joined.streams));
  expect(JSON.stringify([fan.joined, fan.told])).not.toContain(privateId);
});

test('who left hears no more', async () => {
  eventId = await makeEvent(database.db, owner.id);
  const stays = await onEvent();
  const leaves = await onEvent();
  await accepted(ask(leaves.page, 'event:leave', { eventId }));
  await makeStream(database.db, { eventId, ownerId: owner.id });
  await notifyRoom(database.db, { room: `event:${eventId}`, kind: 'streams' });
  await vi.waitFor(() => expect(stays.told.streams).toHaveLength(1));
  await accepted(ask(leaves.page, 'clock', { sentAtMs: 0 }));
  expect(leaves.told.streams).toEqual([]);
});
