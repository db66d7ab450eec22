import { sql } from 'drizzle-orm';
import { type Database, openDatabase } from '../db/client';
import { nodeReservations, nodes, streams } from '../db/schema';
import { createEvent } from '../server/events/create-event';
import { placeStream } from '../server/nodes/place-stream';
import { testContext } from '../server/testing/test-context';
import { openDurableDatabase, type TestDatabase } from '../server/testing/test-database';
import { makePerson } from '../server/testing/test-people';
import { newId } from '../stream-node/contract/ids';
import type { Bench } from './bench-row';
import { openLoop } from './measures/open-loop';
import { percentile } from './measures/percentiles';

const nodeCount = 1000;
const perSecond = 200;
const creations = 2000;
/** how long a stream that nobody has sent to yet holds its place: at that rate so many are counted at each choice */
const reservedSeconds = 60;
const baselineName = 'the same rows, inserted without choosing';

type NewStream = Parameters<typeof placeStream>[1];
type Maker = () => NewStream;

/** How long it takes to choose a node for a new stream and write its row: 200 a second, open loop, two web processes. */
export const bench: Bench = {
  name: 'choose-node',
  async run({ say }) {
    const database = await openDurableDatabase();
    const second = openDatabase(database.url);
    const refresh = reportAll(database.db);
    try {
      const make = await furnish(database);
      const databases = [database.db, second.db];
      say('warming up');
      await creationsOn(databases, perSecond, async (db) => await placeStream(db, make()));
      say(`${creations} creations over ${nodeCount} nodes`);
      const ours = await creationsOn(databases, creations, async (db) => await placeStream(db, make()));
      say('the same rows without choosing');
      const [node] = await database.db.select({ id: nodes.id }).from(nodes).limit(1);
      const baseline = await creationsOn(databases, creations, async (db) => {
        await db.insert(streams).values({ ...make(), nodeId: node?.id ?? null });
      });
      const row = (figure: string, share: number, limit?: number) => ({
        ...{ figure: `a new stream has its node, ${figure}`, unit: 'ms', baselineName },
        ...{
          ours: percentile(ours, share),
          baseline: percentile(baseline, share),
          ...(limit !== undefined && { limit }),
        },
      });
      return {
        rows: [row('p50', 0.5), row('p95', 0.95), row('p99', 0.99, 20)],
        notes: [
          `${perSecond} creations a second, each begun at its time whether or not those before it are through; ${nodeCount} nodes in the table, each heard of once a second, and ${perSecond * reservedSeconds} streams assigned in the last minute that hold their places; two processes' database pools; commits are synced to disk.`,
        ],
      };
    } finally {
      clearInterval(refresh);
      await second.close();
      await database.close();
    }
  },
};

/** Every node is heard of once a second, a tenth of them at a time: they do not report at the same moment. */
function reportAll(db: Database): NodeJS.Timeout {
  let tick = 0;
  return setInterval(async () => {
    tick += 1;
    await db
      .update(nodes)
      .set({ lastSeenAt: sql`now()` })
      .where(sql`${nodes.key} % 10 = ${tick % 10}`);
  }, 100);
}

async function furnish(database: TestDatabase): Promise<Maker> {
  const owner = await makePerson(database.db, 'Sabina');
  const { id: eventId } = await createEvent(testContext(database, owner), { name: 'Nepal v Kenya' });
  await database.db.insert(nodes).values(
    Array.from({ length: nodeCount }, (_, n) => ({
      ...{ id: newId('node'), name: `node ${n}`, publicUrl: `http://node-${n}.test`, lastSeenAt: new Date() },
      ...{ encoderSlots: 50, viewerCapacity: 2000, encoderPercent: (n % 7) * 100, viewers: n % 100 },
    })),
  );
  const make: Maker = () => ({ id: newId('stream'), ownerId: owner.id, eventId, name: 'A voice', kind: 'video' });
  const ids = await database.db.select({ id: nodes.id }).from(nodes);
  const made = Array.from({ length: perSecond * reservedSeconds }, (_, n) => ({
    ...make(),
    nodeId: ids[n % ids.length]?.id ?? null,
    assignedAt: sql`now() - make_interval(secs => ${reservedSeconds - n / perSecond})`,
  }));
  for (let n = 0; n < made.length; n += 1000) {
    await database.db.insert(streams).values(made.slice(n, n + 1000));
  }
  await database.db
    .insert(nodeReservations)
    .values(ids.map(({ id }) => ({ nodeId: id, counted: (100 * made.length) / ids.length })));
  await database.db.execute(sql`analyze`);
  return make;
}

/** Creations, in turn by one process and by the other. */
async function creationsOn(
  databases: readonly Database[],
  count: number,
  act: (db: Database) => Promise<unknown>,
): Promise<number[]> {
  return await openLoop({ count, perSecond }, async (n) => {
    const db = databases[n % databases.length];
    if (db !== undefined) {
      await act(db);
    }
  });
}
