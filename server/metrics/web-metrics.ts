import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { productVersion } from '../../stream-node/contract/version';

const requestTimes = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

/** How many sockets and players the process holds open at the moment of a scrape. */
export type OpenFigures = { sockets: number; players: number };

/**
 * The figures of a web process for Prometheus, all named `zyzz_web_…`. No label names a stream, an event, a person or an
 * address: each has a few known values, so the number of series does not grow with use.
 */
export class WebMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'zyzz_web_http_request_seconds',
    help: 'From the head of a request to the end of its answer, by route template',
    labelNames: ['method', 'route', 'status'],
    buckets: requestTimes,
    registers: [this.#registry],
  });
  readonly #snapshots = this.#counter('node_snapshots_total', 'Snapshots of stream nodes, by outcome', ['outcome']);
  readonly #chatMessages = this.#counter('chat_messages_total', 'Lines of chat that this process stored');
  readonly #feedPolls = this.#counter('score_feed_polls_total', 'Requests to score feeds, by outcome', ['outcome']);
  readonly #chatDelivery = new Histogram({
    name: 'zyzz_web_chat_delivery_seconds',
    help: 'From the storing of a line by any process to its telling here: how far the bus is behind',
    buckets: requestTimes,
    registers: [this.#registry],
  });
  readonly #sockets = this.#gauge('sockets', 'Pages connected by Socket.IO');
  readonly #players = this.#gauge('open_players', 'Players of our pages, by the sockets they are known by');
  readonly #databaseUp = this.#gauge('database_up', '1 while the database answers');
  readonly #databaseSeconds = this.#gauge(
    'database_answer_seconds',
    'How long the database took for the last question',
  );
  readonly #databaseConnections = this.#gauge('database_connections', 'Connections of the pool, by state', ['state']);
  readonly #databaseConnectionsMax = this.#gauge('database_connections_max', 'Connections that the pool may open');
  #open: () => OpenFigures = () => ({ sockets: 0, players: 0 });

  constructor() {
    this.#gauge('build_info', 'The version that runs; the value is always 1', ['version']).set(
      { version: productVersion },
      1,
    );
  }

  /** Adds the figures of the process itself: memory, CPU, event loop. Once per process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  watchOpen(open: () => OpenFigures): void {
    this.#open = open;
  }

  /** @param request.route the template, such as `/event/:id` */
  requestAnswered(request: { method: string; route: string; status: number; seconds: number }): void {
    const method = knownMethods.has(request.method) ? request.method : 'other';
    this.#requests.observe({ method, route: request.route, status: String(request.status) }, request.seconds);
  }

  snapshotReceived(outcome: 'taken' | 'failed'): void {
    this.#snapshots.inc({ outcome });
  }

  chatMessageStored(): void {
    this.#chatMessages.inc();
  }

  chatMessageTold(seconds: number): void {
    // The clock of the process that stored it may be ahead of ours.
    this.#chatDelivery.observe(Math.max(0, seconds));
  }

  scoreFeedPolled(outcome: 'new' | 'unchanged' | 'failed'): void {
    this.#feedPolls.inc({ outcome });
  }

  /** @param database null: it does not answer */
  showDatabase(
    database: { answerSeconds: number; connections: Map<string, number>; connectionsMax: number } | null,
  ): void {
    this.#databaseUp.set(database === null ? 0 : 1);
    this.#databaseConnections.reset();
    if (database === null) {
      return;
    }
    this.#databaseSeconds.set(database.answerSeconds);
    this.#databaseConnectionsMax.set(database.connectionsMax);
    for (const [state, count] of database.connections) {
      this.#databaseConnections.set({ state }, count);
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The exposition text of all figures as they are now. */
  async text(): Promise<string> {
    const { sockets, players } = this.#open();
    this.#sockets.set(sockets);
    this.#players.set(players);
    return await this.#registry.metrics();
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `zyzz_web_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name: `zyzz_web_${name}`, help, labelNames, registers: [this.#registry] });
  }
}
