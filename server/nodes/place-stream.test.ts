import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../db/client';
import { nodes, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import type { NodeSnapshot } from '../../stream-node/contract/snapshots';
import { LiveJobSpecInput } from '../live-jobs/job-spec';
import { noWorker } from '../live-jobs/no-worker';
import { createStream } from '../streams/create-stream';
import { testContext } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot, staysAlive } from '../testing/test-node';
import { chooseNode, type NodeCandidate, withOneMore } from './choose-node';
import { placeStream } from './place-stream';
import { receiveSnapshot } from './receive-snapshot';
import { needOf } from './stream-need';
import { type NewStream, writePlacements } from './write-placements';

const { database, owner, eventId } = await openTestEvent();
afterAll(async () => await database.close());

beforeEach(async () => {
  await database.db.delete(streams);
  await database.db.delete(nodes);
});

async function registerNode(changes: Partial<NodeSnapshot> = {}): Promise<string> {
  const snapshot = nodeSnapshot(changes);
  await receiveSnapshot(testContext(database), snapshot);
  await staysAlive(database.db, snapshot.nodeId);
  return snapshot.nodeId;
}

const newStream = () => ({ id: newId('stream'), ownerId: owner.id, eventId, name: 'A voice', kind: 'video' as const });

async function place(count: number, databases = [database.db]): Promise<Map<string, number>> {
  const placed = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      return await placeStream(databases[n % databases.length] ?? database.db, newStream());
    }),
  );
  const counts = new Map<string, number>();
  for (const node of placed) {
    counts.set(node?.id ?? 'none', (counts.get(node?.id ?? 'none') ?? 0) + 1);
  }
  return counts;
}

describe('a new stream is placed', () => {
  test('on the least connected node: 100 at once lie within ±1 of each other', async () => {
    for (let n = 0; n < 3; n += 1) {
      await registerNode();
    }
    const counts = [...(await place(100)).values()];
    expect(counts).toHaveLength(3);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const rows = await database.db.select({ nodeId: streams.nodeId }).from(streams);
    expect(rows).toHaveLength(100);
  });

  test('by two web processes at once as by one', async () => {
    for (let n = 0; n < 3; n += 1) {
      await registerNode();
    }
    const secondProcess = openDatabase(database.url);
    const perNode = [...(await place(100, [database.db, secondProcess.db])).values()];
    await secondProcess.close();
    expect(Math.max(...perNode) - Math.min(...perNode)).toBeLessThanOrEqual(1);
  });

  test('by load over capacity, viewers included', async () => {
    await registerNode({ load: { publishers: 1, viewers: 500 } });
    const idle = await registerNode({ load: { publishers: 2, viewers: 3 } });
    expect(await place(5)).toEqual(new Map([[idle, 5]]));
  });

  test('never on a node that is draining, silent or out of encoder slots', async () => {
    await registerNode({ draining: true });
    const silent = await registerNode();
    await database.db
      .update(nodes)
      .set({ lastSeenAt: new Date(Date.now() - 10_000) })
      .where(eq(nodes.id, silent));
    const small = await registerNode({ capacity: { encoderSlots: 2, viewers: 10 } });
    expect(await place(5)).toEqual(
      new Map([
        [small, 2],
        ['none', 3],
      ]),
    );
  });

  test('or refused in words when no node can take it, and then nothing is written', async () => {
    await expect(
      createStream(testContext(database, owner), { eventId, name: 'x', kind: 'audio', language: 'en', record: true }),
    ).rejects.toMatchObject({ code: 'no_node_available' });
    expect(await database.db.$count(streams)).toBe(0);
  });

  test('though another in its batch cannot be written', async () => {
    await registerNode();
    const lost = placeStream(database.db, newStream());
    const broken = placeStream(database.db, { ...newStream(), eventId: newId('event') });
    const good = placeStream(database.db, newStream());
    await expect(broken).rejects.toThrow();
    expect(await Promise.all([lost, good])).not.toContain(null);
    expect(await database.db.$count(streams)).toBe(2);
  });
});

/** Nodes with what they carry, and how many streams come at once. */
const fleets = fc.record({
  nodes: fc.array(
    fc.record({
      encoderSlots: fc.nat(6),
      viewerCapacity: fc.nat(20),
      encoderPercent: fc.nat(400),
      viewers: fc.nat(15),
    }),
    { maxLength: 6 },
  ),
  batches: fc.array(
    fc.record({ size: fc.integer({ min: 1, max: 8 }), kind: fc.constantFrom('audio', 'small', 'usual', 'large') }),
    { minLength: 1, maxLength: 3 },
  ),
});

type GivenNode = { encoderSlots: number; viewerCapacity: number; encoderPercent: number; viewers: number };
type Batch = { size: number; kind: 'audio' | 'small' | 'usual' | 'large' };

/** A stream that takes a tenth of a slot, less than half a one, a whole one, or more than some nodes have. */
function streamOf(kind: Batch['kind']): NewStream {
  const jobs = { small: ['640', '360', 'h264'], large: ['1280', '720', 'av1'] } as const;
  if (kind === 'audio' || kind === 'usual') {
    return { ...newStream(), kind: kind === 'audio' ? 'audio' : 'video' };
  }
  const [Width, Height, Codec] = jobs[kind];
  const picture = { Codec, Width: Number(Width), Height: Number(Height), Bitrate: '1000k' };
  const Output = { Stream_type: 'hls', Video_outputs: [picture], Audio_outputs: [{ Codec: 'aac', Bitrate: '64k' }] };
  return { ...newStream(), spec: LiveJobSpecInput.parse({ Output }) };
}

/** Places batches, in turn by each process, and holds every choice to the model. */
async function expectLeastOfAll(given: GivenNode[], batches: Batch[], databases = [database.db]): Promise<void> {
  await database.db.delete(streams);
  await database.db.delete(nodes);
  // They stay alive however long it takes.
  const inAnHour = new Date(Date.now() + 3_600_000);
  const snapshot = { codecs: ['h264', 'aac', 'av1'] };
  const rows = given.map((node, n) => ({ ...node, id: newId('node'), name: `${n}`, lastSeenAt: inAnHour, snapshot }));
  if (rows.length > 0) {
    await database.db.insert(nodes).values(rows);
  }
  let model = rows.map(
    ({ id, encoderSlots, viewerCapacity, encoderPercent, viewers }): NodeCandidate => ({
      ...{ id, publicUrl: '', rtmpUrl: null, silentSeconds: 0, loadPercent: encoderPercent + 100 * viewers },
      ...{ capacity: Math.max(1, encoderSlots + viewerCapacity), encoderSlots, takenPercent: encoderPercent },
    }),
  );
  for (const [n, { size, kind }] of batches.entries()) {
    const db = databases[n % databases.length] ?? database.db;
    const newStreams = Array.from({ length: size }, () => streamOf(kind));
    const { demandPercent } = needOf(streamOf(kind));
    const { placed, onDisk } = await writePlacements(db, newStreams);
    await onDisk;
    // What each was given is among the least loaded of its turn, and none is refused while one has room.
    const ratioOf = (node: NodeCandidate | null | undefined) => node && node.loadPercent / node.capacity;
    for (const node of placed) {
      const least = chooseNode(model, demandPercent);
      const chosen = model.find(({ id }) => id === node?.id) ?? null;
      expect(ratioOf(chosen)).toBe(ratioOf(least));
      expect(chosen === null || chooseNode([chosen], demandPercent) === chosen).toBe(true);
      model = model.map((candidate) => (candidate === chosen ? withOneMore(candidate, demandPercent) : candidate));
    }
  }
}

test('a batch is placed as if each stream in turn were given the least loaded node', async () => {
  await fc.assert(
    fc.asyncProperty(fleets, async (fleet) => await expectLeastOfAll(fleet.nodes, fleet.batches)),
    { numRuns: 40 },
  );
});

test('so it is among many nodes, of which each of two processes looks at a short list', async () => {
  // Many are equal, some are better by far, and some of those have little room.
  const fleet = Array.from({ length: 150 }, (_, n) => ({
    ...{ encoderSlots: n % 5 === 0 ? 3 : 40, viewerCapacity: 100 + (n % 2) * 300 },
    ...{ encoderPercent: (n % 3) * 100, viewers: n < 80 ? 5 : n },
  }));
  const secondProcess = openDatabase(database.url);
  try {
    const kinds = ['usual', 'audio', 'small', 'usual'] as const;
    const batches = Array.from({ length: 20 }, (_, n) => ({ size: 1 + ((n * 7) % 23), kind: kinds[n % 4] ?? 'usual' }));
    await expectLeastOfAll(fleet, batches, [database.db, secondProcess.db]);
  } finally {
    await secondProcess.close();
  }
});

test('ties are broken at random', () => {
  const candidate = (id: string): NodeCandidate => ({
    id,
    publicUrl: '',
    loadPercent: 100,
    capacity: 10,
    rtmpUrl: null,
    encoderSlots: 2,
    takenPercent: 100,
    silentSeconds: 0,
  });
  const candidates = [candidate('a'), candidate('b'), candidate('c')];
  expect([0, 0.5, 0.99].map((value) => chooseNode(candidates, 100, () => value)?.id)).toEqual(['a', 'b', 'c']);
});

test('a live job is placed where its codecs have encoders, though another node has less to do', async () => {
  const usual = await registerNode();
  const able = await registerNode({ codecs: ['h264', 'aac', 'av1', 'opus'], load: { publishers: 5, viewers: 100 } });
  const jobOf = (codec: 'av1' | 'h265') => ({
    ...newStream(),
    spec: LiveJobSpecInput.parse({
      Output: {
        Stream_type: 'hls',
        Video_outputs: [{ Codec: codec, Width: 160, Height: 90, Bitrate: '100k' }],
        Audio_outputs: [{ Codec: 'opus', Bitrate: '48k' }],
      },
    }),
  });
  const impossible = jobOf('h265');
  const asked = [newStream(), jobOf('av1'), impossible];
  const placed = await Promise.all(asked.map(async (stream) => await placeStream(database.db, stream)));
  expect(placed.map((node) => node?.id)).toEqual([usual, able, undefined]);
  expect(await noWorker(database.db, impossible.spec)).toMatchObject({
    code: 'bad_request',
    userMessage: 'codec_not_supported: no worker has encoders for h265, opus',
  });
});

test('a stream takes so much of a node as its codec, size and rate take of a processor', async () => {
  const small = await registerNode({ capacity: { encoderSlots: 1, viewers: 10 } });
  const large = await registerNode({ capacity: { encoderSlots: 8, viewers: 10 }, codecs: ['h264', 'aac', 'av1'] });
  // Six and a half small pictures fit into a slot; one AV1 picture of 720p takes more than two.
  const placed = await Promise.all(Array.from({ length: 3 }, () => placeStream(database.db, streamOf('large'))));
  expect(placed.map((node) => node?.id)).toEqual([large, large, large]);
  const more = await Promise.all(Array.from({ length: 6 }, () => placeStream(database.db, streamOf('small'))));
  expect(more.map((node) => node?.id)).toContain(small);
  expect(await placeStream(database.db, streamOf('large'))).toBe(null);
  const kept = await database.db.select({ percent: streams.encoderPercent }).from(streams);
  expect(new Set(kept.map(({ percent }) => percent))).toEqual(
    new Set([needOf(streamOf('large')).demandPercent, needOf(streamOf('small')).demandPercent]),
  );
});
