import { sql } from 'drizzle-orm';
import type { IngestAccess } from '../../app/_publisher/ingest-access';
import { Publisher } from '../../app/_publisher/publisher';
import { keptBroadcast } from '../../app/_publisher/testing/kept-session-fixture';
import { openDatabase } from '../../db/client';
import { nodes as nodeTable } from '../../db/schema';
import { callerOf, testNodeSecret } from '../../server/testing/test-context';
import { openTestDatabase, type TestDatabase } from '../../server/testing/test-database';
import { makePerson, type TestPerson } from '../../server/testing/test-people';
import { startTestWeb, type TestWeb } from '../../server/testing/test-web';
import { freePorts } from '../fixtures/free-port';
import { Balancer } from './balancer';
import { NodeProcess } from './node-process';
import type { PacedRecorder } from './paced-recorder';
import { WatchedLines } from './watched-lines';

export type OnAir = { streamId: string; publisher: Publisher; lines: WatchedLines };

/** A fleet: stream nodes in processes of their own, two web servers with a database client each behind one address, Postgres. */
export class Cluster implements AsyncDisposable {
  private constructor(
    readonly database: TestDatabase,
    readonly nodes: readonly NodeProcess[],
    /** the web, as nodes reach it */
    readonly web: Balancer,
    private readonly owner: TestPerson,
    /** what to close, in the order of its beginning */
    private readonly closers: (() => unknown)[],
  ) {}

  static async start(nodeCount: number): Promise<Cluster> {
    const database = await openTestDatabase();
    const second = openDatabase(database.url);
    const closers: (() => unknown)[] = [() => database.close(), () => second.close()];
    const webs: TestWeb[] = [];
    for (const db of [database.db, second.db]) {
      const web = await startTestWeb({ ...database, db });
      closers.push(() => web.close());
      webs.push(web);
    }
    const balancer = await Balancer.start(webs.map(({ url }) => url));
    closers.push(() => balancer[Symbol.asyncDispose]());
    const ports = await freePorts(nodeCount);
    const nodes = ports.map((port) => new NodeProcess({ webUrl: balancer.url, nodeSecret: testNodeSecret, port }));
    closers.push(() => Promise.all(nodes.map((node) => node[Symbol.asyncDispose]())));
    const owner = await makePerson(database.db, 'Sabina');
    const cluster = new Cluster(database, nodes, balancer, owner, closers);
    try {
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  get #calls() {
    return callerOf(this.database, this.owner);
  }

  /** The node that a playlist or a publisher is at. */
  nodeAt(url: string): NodeProcess {
    const node = this.nodes.find(({ publicUrl }) => new URL(publicUrl).host === new URL(url).host);
    if (node === undefined) {
      throw new Error(`no node is at ${url}`);
    }
    return node;
  }

  /** A publisher on air, as a page has it. */
  async goLive(recorder: PacedRecorder): Promise<OnAir> {
    const event = await this.#calls.events.create({ name: 'Nepal v Kenya' });
    const input = { eventId: event.id, name: 'A voice', kind: 'video' as const, language: 'ne', record: true };
    const { stream, publish } = await this.#calls.streams.create(input);
    const lines = new WatchedLines();
    const picture = { getSettings: () => ({ width: 160, height: 90 }) };
    const captured: MediaStream = Object.create({ getVideoTracks: () => [picture] });
    const renewAccess = async (options?: { backfill: boolean }): Promise<IngestAccess> =>
      (await this.#calls.streams.renewPublishGrant({ streamId: stream.id, ...options })).publish;
    const publisher = new Publisher({
      access: publish,
      renewAccess,
      capture: { recordable: () => captured, shorterSide: null, shrinkPicture: async () => undefined },
      broadcast: () => ({ ...keptBroadcast, streamId: stream.id }),
      store: null,
      startRecorder: recorder.start,
      openSocket: lines.openSocket,
    });
    this.closers.push(() => publisher.close());
    await publisher.start();
    return { streamId: stream.id, publisher, lines };
  }

  /** Where the event's page would play the stream now. */
  async playbackUrl(streamId: string): Promise<string | null> {
    return (await this.#calls.streams.get({ streamId })).stream.playback?.hls ?? null;
  }

  async end(streamId: string): Promise<void> {
    await this.#calls.streams.end({ streamId });
  }

  /** Publishers that nodes of which the web has heard in the last two seconds say they have. */
  async publishersByReports(): Promise<number> {
    const [row] = await this.database.db
      .select({ sum: sql<number>`coalesce(sum(${nodeTable.publishers}), 0)::int` })
      .from(nodeTable)
      .where(sql`${nodeTable.lastSeenAt} > now() - interval '2 seconds'`);
    return row?.sum ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.closers.toReversed()) {
      await close();
    }
  }
}
