import { eq, isNotNull, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../db/client';
import { nodes, streams } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import { testContext } from '../testing/test-context';
import { openTestEvent } from '../testing/test-event';
import { nodeSnapshot, staysAlive } from '../testing/test-node';
import { chooseNode, type NodeCandidate, withOneMore } from './choose-node';
import { placeStream } from './place-stream';
import { receiveSnapshot } from './receive-snapshot';

const { database, owner, eventId } = await openTestEvent();
afterAll(async () => await database.close());

/** What a fleet goes through, in one word each; `at` picks a node. */
const happening = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      random: fc.double({ min: 0, max: 0.999 }),
      // sound alone, H.264 at 360p, a usual camera, AV1 at 1080p, and one that is larger than many a node
      demandPercent: fc.constantFrom(10, 15, 100, 532, 1300),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('join' as const), slots: fc.nat(12), viewers: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('viewers' as const), at: fc.nat(), count: fc.nat(30) }) },
);

describe('least connections', () => {
  test('as a model says it: never a node without room, and never one with more load for its capacity than another', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 120 }), (story) => {
        let fleet: NodeCandidate[] = [];
        for (const step of story) {
          if (step.kind === 'join') {
            const { slots, viewers } = step;
            fleet.push({
              ...{ id: newId('node'), publicUrl: '', rtmpUrl: null, loadPercent: 0, silentSeconds: 0 },
              ...{ capacity: Math.max(1, slots + viewers), encoderSlots: slots, takenPercent: 0 },
            });
          } else if (step.kind === 'leave') {
            fleet.splice(step.at % Math.max(1, fleet.length), 1);
          } else if (step.kind === 'viewers') {
            const index = step.at % Math.max(1, fleet.length);
            fleet = fleet.map((node, n) =>
              n === index ? { ...node, loadPercent: node.loadPercent + 100 * step.count } : node,
            );
          } else {
            const { demandPercent } = step;
            const chosen = chooseNode(fleet, demandPercent, () => step.random);
            const able = fleet.filter(({ encoderSlots, takenPercent }) => {
              const leftPercent = 100 * encoderSlots - takenPercent;
              return encoderSlots > 0 && (takenPercent === 0 || leftPercent >= demandPercent);
            });
            const least = Math.min(...able.map(({ loadPercent, capacity }) => loadPercent / capacity));
            expect(chosen === null).toBe(able.length === 0);
            if (chosen !== null) {
              expect(able).toContain(chosen);
              expect(chosen.loadPercent / chosen.capacity).toBe(least);
              fleet = fleet.map((node) => (node === chosen ? withOneMore(node, demandPercent) : node));
            }
          }
        }
      }),
    );
  });

  test('nodes that are equal are filled evenly, whatever the draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.double({ min: 0, max: 0.999 })), (count, draws) => {
        let fleet = Array.from({ length: count }, (_, n): NodeCandidate => {
          const fixed = { publicUrl: '', rtmpUrl: null, loadPercent: 0, capacity: 50, silentSeconds: 0 };
          return { ...fixed, id: String(n), encoderSlots: 1000, takenPercent: 0 };
        });
        for (const draw of draws) {
          const chosen = chooseNode(fleet, 100, () => draw);
          fleet = fleet.map((node) => (node === chosen ? withOneMore(node, 100) : node));
        }
        const loads = fleet.map(({ loadPercent }) => loadPercent / 100);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('1,000 creations, 200 a second, from two web processes over ten nodes', () => {
  const creations = 1000;
  const perSecond = 200;
  const slots = { encoderSlots: 500, viewers: 1000 };
  const report = async (nodeId: string, changes = {}) => {
    await receiveSnapshot(testContext(database), nodeSnapshot({ nodeId, capacity: slots, ...changes }));
    await staysAlive(database.db, nodeId);
  };
  const counts = async () => {
    const rows = await database.db
      .select({ nodeId: streams.nodeId, count: sql<number>`count(*)::int` })
      .from(streams)
      .where(isNotNull(streams.nodeId))
      .groupBy(streams.nodeId);
    return new Map(rows.map(({ nodeId, count }) => [nodeId, count]));
  };

  test('spread within ±1 of even, and nodes that join, drain, fill up or die in the middle are respected', {
    timeout: 60_000,
  }, async () => {
    const steady = Array.from({ length: 6 }, () => newId('node'));
    const [joins, drains, fills, dies] = [newId('node'), newId('node'), newId('node'), newId('node')];
    for (const nodeId of [...steady, drains, fills, dies]) {
      await report(nodeId);
    }
    const secondProcess = openDatabase(database.url);
    const at = { drained: 0, filled: 0, died: 0 };
    const countOf = async (nodeId: string) => (await counts()).get(nodeId) ?? 0;
    const happen: Record<number, () => Promise<void>> = {
      200: async () => void (await report(joins)),
      400: async () => {
        await report(drains, { draining: true });
        at.drained = await countOf(drains);
      },
      600: async () => {
        at.filled = await countOf(fills);
        await report(fills, { capacity: { ...slots, encoderSlots: at.filled } });
      },
      800: async () => {
        await database.db
          .update(nodes)
          .set({ lastSeenAt: sql`now() - interval '6 seconds'` })
          .where(eq(nodes.id, dies));
        at.died = await countOf(dies);
      },
    };
    const startedAtMs = performance.now();
    let placed: Promise<unknown>[] = [];
    for (let n = 0; n < creations; n += 1) {
      const next = happen[n];
      if (next !== undefined) {
        // What is under way is through first, so that it is known what each node had at that moment.
        await Promise.all(placed);
        placed = [];
        await Promise.all([...steady, ...(n > 200 ? [joins] : [])].map((nodeId) => report(nodeId)));
        await next();
      }
      const dueMs = startedAtMs + (n * 1000) / perSecond;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
      const { db } = n % 2 === 0 ? database : secondProcess;
      const stream = { id: newId('stream'), ownerId: owner.id, eventId, name: 'A voice', kind: 'video' as const };
      placed.push(placeStream(db, stream));
    }
    expect(await Promise.all(placed)).not.toContain(null);
    await secondProcess.close();

    const found = await counts();
    const even = [...steady, joins].map((nodeId) => found.get(nodeId) ?? 0);
    expect(Math.max(...even) - Math.min(...even)).toBeLessThanOrEqual(1);
    expect([...found.values()].reduce((sum, count) => sum + count, 0)).toBe(creations);
    expect(found.get(drains)).toBe(at.drained);
    expect(found.get(fills)).toBe(at.filled);
    expect(found.get(dies)).toBe(at.died);
  });
});
