import { sql } from 'drizzle-orm';
import type { IngestAccess } from '../../app/_publisher/ingest-access';
import type { StartRecorder } from '../../app/_publisher/live-session';
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
import type { NetworkNamespace } from './network-namespace';
import { NodeProcess } from './node-process';
import type { PacedRecorder } from './paced-recorder';
import { WatchedLines } from './watched-lines';

export type ClusterOptions = {
  /** where each node runs; an entry that is missing: beside everything else */
  networks?: readonly NetworkNamespace[];
  /** whether nodes take encoders */
  takesEncoders?: boolean;
};

export type OnAir = {
  streamId: string;
  publisher: Publisher;
  lines: WatchedLines;
  /** what its recorders gave, one stretch of the event clock each, unix milliseconds */
  captured: { startMs: number; endMs: number }[];
};

/** A fleet: stream nodes in processes of their own, two web servers with a database client each behind one address, Postgres. */
export class Cluster implements AsyncDisposable {
  private constructor(
    readonly database: TestDatabase,
    readonly nodes: readonly NodeProcess[],
    /** the web, as nodes reach it */
    readonly web: Balancer,
    /** Postgres, as the web reaches it */
    readonly postgres: Balancer,
    private readonly owner: TestPerson,
    /** what to close, in the order of its beginning */
    private readonly closers: (() => unknown)[],
  ) {}

  static async start(nodeCount: number, options: ClusterOptions = {}): Promise<Cluster> {
    const { networks = [], takesEncoders = false } = options;
    const direct = await openTestDatabase();
    const postgres = await Balancer.start([direct.url]);
    const url = new URL(direct.url);
    url.host = `127.0.0.1:${postgres.port}`;
    const [first, second] = [openDatabase(url.href), openDatabase(url.href)];
    const database: TestDatabase = { ...direct, url: url.href, db: first.db };
    const closers: (() => unknown)[] = [
      () => direct.close(),
      () => postgres[Symbol.asyncDispose](),
      () => first.close(),
      () => second.close(),
    ];
    const webs: TestWeb[] = [];
    for (const { db } of [first, second]) {
      const web = await startTestWeb({ ...database, db });
      closers.push(() => web.close());
      webs.push(web);
    }
    const webUrls = webs.map((web) => web.url);
    const balancer = await Balancer.start(webUrls);
    closers.push(() => balancer[Symbol.asyncDispose]());
    const ports = await freePorts(nodeCount * 2);
    const nodes: NodeProcess[] = [];
    for (const [index, port] of ports.slice(0, nodeCount).entries()) {
      const network = networks[index];
      // Each machine of its own reaches the web by its own line.
      const web = network === undefined ? balancer : await Balancer.start(webUrls, network.hostAddress);
      if (network !== undefined) {
        closers.push(() => web[Symbol.asyncDispose]());
      }
      const rtmpPort = takesEncoders ? ports[nodeCount + index] : undefined;
      nodes.push(
        new NodeProcess({
          ...{ webUrl: web.url, nodeSecret: testNodeSecret, port },
          ...(network && { network }),
          ...(rtmpPort !== undefined && { rtmpPort }),
        }),
      );
    }
    closers.push(() => Promise.all(nodes.map((node) => node[Symbol.asyncDispose]())));
    const owner = await makePerson(database.db, 'Sabina');
    const cluster = new Cluster(database, nodes, balancer, postgres, owner, closers);
    try {
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
    return cluster;
  }

  /** What the owner of all streams may call. */
  get calls() {
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
    const event = await this.calls.events.create({ name: 'Nepal v Kenya' });
    const input = { eventId: event.id, name: 'A voice', kind: 'video' as const, language: 'ne', record: true };
    const { stream, publish } = await this.calls.streams.create(input);
    const lines = new WatchedLines();
    const stretches: OnAir['captured'] = [];
    const picture = { getSettings: () => ({ width: 160, height: 90 }) };
    const captured: MediaStream = Object.create({ getVideoTracks: () => [picture] });
    const renewAccess = async (options?: { backfill: boolean }): Promise<IngestAccess> =>
      (await this.calls.streams.renewPublishGrant({ streamId: stream.id, ...options })).publish;
    const publisher = new Publisher({
      access: publish,
      renewAccess,
      capture: { recordable: () => captured, shorterSide: null, shrinkPicture: async () => undefined },
      broadcast: () => ({ ...keptBroadcast, streamId: stream.id }),
      store: null,
      startRecorder: noting(recorder.start, stretches),
      openSocket: lines.openSocket,
    });
    this.closers.push(() => publisher.close());
    await publisher.start();
    return { streamId: stream.id, publisher, lines, captured: stretches };
  }

  /** A stream that waits for an encoder. */
  async makeEncoderStream(): Promise<{ streamId: string; streamKey: string }> {
    const event = await this.calls.events.create({ name: 'Nepal v Kenya' });
    const input = { eventId: event.id, name: 'An encoder', kind: 'video' as const, language: 'ne', record: true };
    const { stream, publish } = await this.calls.streams.create(input);
    return { streamId: stream.id, streamKey: publish.rtmp?.streamKey ?? '' };
  }

  /** Whether new streams can be made now; an answer that does not come within a second is none. */
  async canMakeStream(): Promise<boolean> {
    const made = this.makeEncoderStream().then(
      async ({ streamId }) => {
        await this.end(streamId);
        return true;
      },
      () => false,
    );
    return await Promise.race([made, new Promise<false>((resolve) => setTimeout(resolve, 1000, false))]);
  }

  /** Where the event's page would play the stream now. */
  async playbackUrl(streamId: string): Promise<string | null> {
    return (await this.calls.streams.get({ streamId })).stream.playback?.hls ?? null;
  }

  async end(streamId: string): Promise<void> {
    await this.calls.streams.end({ streamId });
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

/** The same recorders, of which it is noted what they gave. */
function noting(start: StartRecorder, captured: OnAir['captured']): StartRecorder {
  return async (stream, handlers) => {
    const stretch = { startMs: Number.POSITIVE_INFINITY, endMs: Number.NEGATIVE_INFINITY };
    captured.push(stretch);
    return await start(stream, {
      ...handlers,
      chunk: (chunk) => {
        stretch.startMs = Math.min(stretch.startMs, chunk.captureTimeMs);
        stretch.endMs = Math.max(stretch.endMs, chunk.captureTimeMs);
        handlers.chunk(chunk);
      },
    });
  };
}
