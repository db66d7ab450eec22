import { statfs } from 'node:fs/promises';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { slotPercent } from '../contract/encoder-demand';
import { StreamState } from '../contract/stream-state';
import { productVersion } from '../contract/version';

/** What a node looks like at the moment of a scrape. */
export type NodeFigures = {
  streams: readonly { state: StreamState; foreignViewers: number; encoderLagMs: number | null; ingressKbps: number }[];
  publishers: number;
  encoderSlots: number;
  /** what encoders take, in hundredths of an encoder slot */
  encoderPercent: number;
  /** requests that the origin holds until their media is there */
  blockedRequests: number;
  /** media in the live windows, in bytes */
  windowBytes: number;
  isWebReachable: boolean;
  isDraining: boolean;
};

const shortWaits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const latencies = [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

const figureGauges: [name: string, help: string, value: (figures: NodeFigures) => number][] = [
  [
    'viewers',
    'Players that are not ours; players of our pages are counted by the web processes',
    ({ streams }) => streams.reduce((sum, { foreignViewers }) => sum + foreignViewers, 0),
  ],
  ['publishers', 'Publishers that media is taken from', ({ publishers }) => publishers],
  ['encoder_slots', 'Usual ladders that this node can encode at once', ({ encoderSlots }) => encoderSlots],
  ['encoder_slots_taken', 'How many of them its streams take', ({ encoderPercent }) => encoderPercent / slotPercent],
  [
    'encoder_lag_seconds',
    'The most that media arrives after its capture, of all streams',
    ({ streams }) => streams.reduce((most, { encoderLagMs }) => Math.max(most, encoderLagMs ?? 0), 0) / 1000,
  ],
  [
    'ingest_bits_per_second',
    'Media coming in over the last seconds',
    ({ streams }) => streams.reduce((sum, { ingressKbps }) => sum + ingressKbps * 1000, 0),
  ],
  ['blocked_requests', 'Requests held until their media is published', ({ blockedRequests }) => blockedRequests],
  ['window_bytes', 'Media held in memory for live viewers', ({ windowBytes }) => windowBytes],
  ['web_reachable', '1 while the web takes our snapshots', ({ isWebReachable }) => Number(isWebReachable)],
  ['draining', '1 while no new streams are taken', ({ isDraining }) => Number(isDraining)],
];

/**
 * The figures of a stream node for Prometheus, all named `zyzz_node_…`. No label names a stream, a person or an address:
 * each has a few known values, so the number of series does not grow with use.
 */
export class NodeMetrics {
  readonly #registry = new Registry();
  readonly #chunks = this.#counter('ingest_chunks_total', 'Chunks of media taken in');
  readonly #bytes = this.#counter('ingest_bytes_total', 'Bytes of media taken in');
  readonly #parts = this.#counter('parts_published_total', 'Partial segments published, all renditions');
  readonly #restarts = this.#counter('ffmpeg_restarts_total', 'Times an ffmpeg that crashed or stalled was replaced');
  readonly #streams = this.#gauge('streams', 'Streams on this node, by state', ['state']);
  readonly #figures = figureGauges.map(([name, help, value]) => ({ gauge: this.#gauge(name, help), value }));
  readonly #acks = new Histogram({
    name: 'zyzz_node_ingest_ack_seconds',
    help: 'How long the oldest chunk of a group waited until it was safe in the journal',
    buckets: shortWaits,
    registers: [this.#registry],
  });
  readonly #publishLatency = new Histogram({
    name: 'zyzz_node_publish_latency_seconds',
    help: 'From the capture of the newest sample of a part to its publication',
    buckets: latencies,
    registers: [this.#registry],
  });

  constructor(
    private readonly options: {
      figures: () => NodeFigures;
      /** recordings and journals are kept below it */
      dataDirectory: string;
      /** of the ingest journals, on disk */
      journalBytes: () => Promise<number>;
    },
  ) {
    const info = this.#gauge('build_info', 'The version that runs; the value is always 1', ['version']);
    info.set({ version: productVersion }, 1);
    this.#gauge('disk_free_bytes', 'Free bytes where recordings and journals are kept', [], async (gauge) => {
      const { bavail, bsize } = await statfs(options.dataDirectory);
      gauge.set(bavail * bsize);
    });
    this.#gauge('journal_bytes', 'Bytes of the ingest journals on disk', [], async (gauge) => {
      gauge.set(await options.journalBytes());
    });
  }

  /** Adds the figures of the process itself: memory, CPU, event loop. Once per process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  chunkTaken(bytes: number): void {
    this.#chunks.inc();
    this.#bytes.inc(bytes);
  }

  acknowledged(waitSeconds: number): void {
    this.#acks.observe(waitSeconds);
  }

  partPublished(latencySeconds: number | null): void {
    this.#parts.inc();
    if (latencySeconds !== null) {
      this.#publishLatency.observe(latencySeconds);
    }
  }

  encoderRestarted(): void {
    this.#restarts.inc();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The exposition text of all figures as they are now. */
  async text(): Promise<string> {
    this.#showFigures(this.options.figures());
    return await this.#registry.metrics();
  }

  #showFigures(figures: NodeFigures): void {
    for (const state of StreamState.options) {
      this.#streams.set({ state }, figures.streams.filter((stream) => stream.state === state).length);
    }
    for (const { gauge, value } of this.#figures) {
      gauge.set(value(figures));
    }
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name: `zyzz_node_${name}`, help, registers: [this.#registry] });
  }

  #gauge(
    name: string,
    help: string,
    labelNames: string[] = [],
    collect?: (gauge: Gauge) => void | Promise<void>,
  ): Gauge {
    const gauge: Gauge = new Gauge({
      ...{ name: `zyzz_node_${name}`, help, labelNames, registers: [this.#registry] },
      ...(collect && { collect: () => collect(gauge) }),
    });
    return gauge;
  }
}
