import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiTokens, nodes, streams, users } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { createEvent } from '../events/create-event';
import { receiveSnapshot } from '../nodes/receive-snapshot';
import { callerOf, testContext } from '../testing/test-context';
import { openTestDatabase, type TestDatabase } from '../testing/test-database';
import { nodeSnapshot } from '../testing/test-node';
import { makePerson, type TestPerson } from '../testing/test-people';
import type { Actor } from '../users/session-user';
import { appRouter } from './app-router';

type Caller = ReturnType<typeof callerOf>;
type Who = 'anonymous' | 'fan' | 'otherBroadcaster' | 'owner' | 'ownerToken' | 'operator' | 'operatorToken';
type Outcome = 'OK' | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT';
/** What the owner's own things are in one cell of the matrix: made afresh, since some calls change them. */
type Things = {
  eventId: string;
  liveId: string;
  endedId: string;
  privateId: string;
  ownerId: string;
  tokenId: string;
};

const everyone = [
  'anonymous',
  'fan',
  'otherBroadcaster',
  'owner',
  'ownerToken',
  'operator',
  'operatorToken',
] as const satisfies Who[];
const open: Record<Who, Outcome> = {
  anonymous: 'OK',
  fan: 'OK',
  otherBroadcaster: 'OK',
  owner: 'OK',
  ownerToken: 'OK',
  operator: 'OK',
  operatorToken: 'OK',
};
/** The operator token is no person's, and so can own nothing. */
const signedIn: Record<Who, Outcome> = { ...open, anonymous: 'UNAUTHORIZED', operatorToken: 'FORBIDDEN' };
const forOwner = (othersGet: Outcome, ownerGets: Outcome): Record<Who, Outcome> => ({
  anonymous: othersGet,
  fan: othersGet,
  otherBroadcaster: othersGet,
  owner: ownerGets,
  ownerToken: ownerGets,
  operator: othersGet,
  operatorToken: othersGet,
});
const ownerOnly: Record<Who, Outcome> = { ...forOwner('FORBIDDEN', 'OK'), anonymous: 'UNAUTHORIZED' };
const ownerInVain: Record<Who, Outcome> = { ...forOwner('FORBIDDEN', 'CONFLICT'), anonymous: 'UNAUTHORIZED' };
const operatorOnly: Record<Who, Outcome> = {
  ...forOwner('FORBIDDEN', 'FORBIDDEN'),
  anonymous: 'UNAUTHORIZED',
  operator: 'OK',
  operatorToken: 'OK',
};
const operatorInVain: Record<Who, Outcome> = { ...operatorOnly, operator: 'NOT_FOUND', operatorToken: 'NOT_FOUND' };
const everyoneGets = (outcome: Outcome): Record<Who, Outcome> => forOwner(outcome, outcome);
/** Another's private stream does not exist. */
const ownerKnows: Record<Who, Outcome> = forOwner('NOT_FOUND', 'OK');
const ownerKnowsSignedIn: Record<Who, Outcome> = {
  ...ownerKnows,
  anonymous: 'UNAUTHORIZED',
  operatorToken: 'FORBIDDEN',
};
const ownerOrOperator: Record<Who, Outcome> = { ...ownerOnly, operator: 'OK', operatorToken: 'OK' };

type Row = [procedure: string, call: (caller: Caller, things: Things) => Promise<unknown>, Record<Who, Outcome>];

const matrix: Row[] = [
  ['viewer.me', (caller) => caller.viewer.me(), open],
  ['events.list', (caller) => caller.events.list(), open],
  ['events.get', (caller, { eventId }) => caller.events.get({ eventId }), open],
  ['events.create', (caller) => caller.events.create({ name: 'Mine' }), signedIn],
  ['events.update', (caller, { eventId }) => caller.events.update({ eventId, name: 'New' }), ownerOnly],
  ['streams.listForEvent', (caller, { eventId }) => caller.streams.listForEvent({ eventId }), open],
  ['streams.listMine', (caller) => caller.streams.listMine(), signedIn],
  ['streams.get', (caller, { liveId }) => caller.streams.get({ streamId: liveId }), open],
  ['streams.get', (caller, { privateId }) => caller.streams.get({ streamId: privateId }), ownerKnows],
  [
    'streams.create',
    (caller, { eventId }) =>
      caller.streams.create({ eventId, name: 'A voice', kind: 'audio', language: 'en', record: true }),
    signedIn,
  ],
  [
    'streams.renewPublishGrant',
    (caller, { liveId }) => caller.streams.renewPublishGrant({ streamId: liveId }),
    ownerOnly,
  ],
  [
    'streams.renewPublishGrant',
    (caller, { endedId }) => caller.streams.renewPublishGrant({ streamId: endedId }),
    ownerInVain,
  ],
  [
    'streams.renewPublishGrant',
    (caller, { endedId }) => caller.streams.renewPublishGrant({ streamId: endedId, backfill: true }),
    ownerOnly,
  ],
  ['streams.update', (caller, { liveId }) => caller.streams.update({ streamId: liveId, name: 'New' }), ownerOnly],
  [
    'streams.update',
    (caller, { privateId }) => caller.streams.update({ streamId: privateId, name: 'New' }),
    ownerKnowsSignedIn,
  ],
  ['streams.rotateKey', (caller, { liveId }) => caller.streams.rotateKey({ streamId: liveId }), ownerOnly],
  [
    'streams.rotateKey',
    (caller, { privateId }) => caller.streams.rotateKey({ streamId: privateId }),
    ownerKnowsSignedIn,
  ],
  ['streams.revokeKey', (caller, { liveId }) => caller.streams.revokeKey({ streamId: liveId }), ownerOnly],
  ['streams.health', (caller, { liveId }) => caller.streams.health({ streamId: liveId }), ownerOnly],
  ['streams.health', (caller, { privateId }) => caller.streams.health({ streamId: privateId }), ownerKnowsSignedIn],
  ['streams.end', (caller, { liveId }) => caller.streams.end({ streamId: liveId }), ownerOnly],
  ['streams.end', (caller, { endedId }) => caller.streams.end({ streamId: endedId }), ownerOnly],
  ['streams.delete', (caller, { endedId }) => caller.streams.delete({ streamId: endedId }), ownerOnly],
  ['streams.delete', (caller, { liveId }) => caller.streams.delete({ streamId: liveId }), ownerInVain],
  ['recordings.downloads', (caller, { endedId }) => caller.recordings.downloads({ streamId: endedId }), open],
  ['recordings.downloads', (caller, { privateId }) => caller.recordings.downloads({ streamId: privateId }), ownerKnows],
  [
    'recordings.trim',
    (caller, { endedId }) => caller.recordings.trim({ streamId: endedId, startSeconds: null, endSeconds: null }),
    ownerInVain,
  ],
  ['recordings.usage', (caller) => caller.recordings.usage(), signedIn],
  ['users.get', (caller, { ownerId }) => caller.users.get({ userId: ownerId }), open],
  ['users.updateMe', (caller) => caller.users.updateMe({ name: 'New name' }), signedIn],
  ['tokens.create', (caller, { ownerId }) => caller.tokens.create({ userId: ownerId, name: 'Mine' }), ownerOrOperator],
  ['tokens.list', (caller, { ownerId }) => caller.tokens.list({ userId: ownerId }), ownerOrOperator],
  [
    'tokens.revoke',
    (caller, { ownerId, tokenId }) => caller.tokens.revoke({ userId: ownerId, tokenId }),
    ownerOrOperator,
  ],
  [
    'users.deleteAccount',
    (caller) => caller.users.deleteAccount({ confirmation: 'delete my account' }),
    { ...signedIn, ownerToken: 'FORBIDDEN' },
  ],
  ['users.dataDeletion', (caller) => caller.users.dataDeletion({ code: 'A'.repeat(22) }), everyoneGets('NOT_FOUND')],
  ['admin.nodes', (caller) => caller.admin.nodes(), operatorOnly],
  ['admin.drainNode', (caller) => caller.admin.drainNode({ nodeId: 'nod_of_nobody' }), operatorInVain],
  ['admin.removeNode', (caller) => caller.admin.removeNode({ nodeId: 'nod_of_nobody' }), operatorInVain],
  ['admin.streamsOnAir', (caller) => caller.admin.streamsOnAir(), operatorOnly],
  ['admin.people', (caller) => caller.admin.people({}), operatorOnly],
  ['admin.auditLog', (caller) => caller.admin.auditLog({}), operatorOnly],
  ['admin.setRole', (caller, { ownerId }) => caller.admin.setRole({ userId: ownerId, role: 'member' }), operatorOnly],
  [
    'admin.killStream',
    (caller, { liveId }) => caller.admin.killStream({ streamId: liveId, reason: 'Not theirs to call' }),
    operatorOnly,
  ],
  [
    'admin.killStream',
    (caller, { privateId }) => caller.admin.killStream({ streamId: privateId, reason: 'Not theirs to call' }),
    operatorOnly,
  ],
  ['chat.history', (caller, { eventId }) => caller.chat.history({ eventId }), open],
  ['score.now', (caller, { eventId }) => caller.score.now({ eventId }), open],
];

let database: TestDatabase;
let people: Record<'fan' | 'otherBroadcaster' | 'owner' | 'operator', TestPerson>;
let shared: Things | undefined;
const nodeId = newId('node');

beforeAll(async () => {
  database = await openTestDatabase();
  people = {
    fan: await makePerson(database.db, 'Fan'),
    otherBroadcaster: await makePerson(database.db, 'Other'),
    owner: await makePerson(database.db, 'Owner'),
    operator: await makePerson(database.db, 'Operator', { role: 'operator' }),
  };
  await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, rtmpUrl: 'rtmp://127.0.0.1:9/live' }));
  // The node stays alive however long the matrix takes.
  await database.db.update(nodes).set({ lastSeenAt: new Date(Date.now() + 3_600_000) });
});
afterAll(async () => await database.close());

function actorOf(who: Who): Actor | null {
  switch (who) {
    case 'anonymous':
      return null;
    case 'ownerToken':
      return { ...people.owner, via: 'token' };
    case 'operatorToken':
      return { id: null, role: 'operator', via: 'operator-token' };
    default:
      return people[who];
  }
}

async function makeThings(): Promise<Things> {
  const { db } = database;
  // Some have just deleted their accounts.
  await db
    .insert(users)
    .values(Object.values(people).map(({ id, name, role }) => ({ id, name, role })))
    .onConflictDoNothing();
  const { id: eventId } = await createEvent(testContext(database, people.owner), { name: 'Nepal v Kenya' });
  const stream = async (ownerId: string, values: Partial<typeof streams.$inferInsert>): Promise<string> => {
    const id = newId('stream');
    const startedAt = new Date();
    await db.insert(streams).values({ id, eventId, ownerId, nodeId, name: 'x', kind: 'audio', startedAt, ...values });
    return id;
  };
  await stream(people.otherBroadcaster.id, { state: 'live' });
  await db.delete(apiTokens);
  const tokenId = newId('apiToken');
  await db.insert(apiTokens).values({ id: tokenId, userId: people.owner.id, name: 'x', tokenHash: tokenId });
  return {
    eventId,
    tokenId,
    ownerId: people.owner.id,
    liveId: await stream(people.owner.id, { state: 'live' }),
    endedId: await stream(people.owner.id, { state: 'ended', endedAt: new Date() }),
    privateId: await stream(people.owner.id, { state: 'live', visibility: 'private' }),
  };
}

async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'OK';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

describe('who may call what', () => {
  const cells = matrix.flatMap(([procedure, call, expected], row) =>
    everyone.map((who) => ({ procedure, row, who, call, expected: expected[who] })),
  );

  test.each(cells)('$procedure (row $row) by $who: $expected', async ({ who, call, expected }) => {
    // What is refused changes nothing.
    shared ??= await makeThings();
    const things = expected === 'OK' ? await makeThings() : shared;
    const caller = callerOf(database, actorOf(who));
    expect(await outcomeOf(async () => await call(caller, things))).toBe(expected);
  });

  test('covers every procedure', () => {
    const covered = new Set(matrix.map(([procedure]) => procedure));
    expect([...covered].sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
  });
});

describe('a private stream', () => {
  test('is in no list but its owner’s, who alone gets a play grant', async () => {
    const { eventId, privateId } = await makeThings();
    const idsFor = async (actor: TestPerson | null) =>
      (await callerOf(database, actor).streams.listForEvent({ eventId })).map((stream) => stream.id);
    expect(await idsFor(null)).not.toContain(privateId);
    expect(await idsFor(people.fan)).not.toContain(privateId);
    expect(await idsFor(people.owner)).toContain(privateId);
    const { stream } = await callerOf(database, people.owner).streams.get({ streamId: privateId });
    expect(stream.playback?.hls).toMatch(new RegExp(`/stream/${privateId}/~[\\w.-]+/index\\.m3u8$`));
  });
});
