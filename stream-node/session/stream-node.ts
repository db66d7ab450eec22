import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../clock';
import type { NodeConfig } from '../config';
import { type Codec, usualCodecs } from '../contract/codecs';
import type { IngestRefusalCode } from '../contract/ingest-protocol';
import type { DesiredState } from '../contract/snapshots';
import type { ControlledNode } from '../control/control-routes';
import { JobsCall } from '../control/jobs-call';
import { type NodeFigures, NodeMetrics } from '../control/node-metrics';
import { WebLink } from '../control/web-link';
import type { Admissions } from '../ingest/admission';
import { rtmpApplication } from '../ingest/rtmp/rtmp-session';
import { JobWorker } from '../jobs/job-worker';
import { lendTake } from '../jobs/lend-take';
import { nodeWork } from '../jobs/node-work';
import type { Logger } from '../logger';
import { createOrigin, type Origin } from '../origin/create-origin';
import { requestIdOf } from '../request-id';
import type { diskBytes } from '../store/disk-level';
import { folderBytes, JournalSizes } from '../store/journal-sizes';
import { prepareFfmpeg } from '../transcode/ffmpeg-abilities';
import { answerRequest } from './answer-request';
import { Departure } from './departure';
import { type AdmittingNode, findAdmitted } from './find-admitted';
import { nodeIdentity } from './node-identity';
import { createNodeListener, type NodeListener } from './node-listener';
import { nodeFigures, nodeSnapshot, type ReportedNode } from './node-report';
import { NodeStreams, recordingsFolder } from './node-streams';
import { WaysIn } from './ways-in';

/** How long a publisher's hello waits for the web to name its stream, in milliseconds. */
const admissionWaitMs = 3000;
/** Of a node that nobody measured. */
const unmeasuredEncoderSlots = 8;

/** The conductor of a node: builds every room, joins them, and takes them down in the right order. */
export class StreamNode implements AsyncDisposable {
  readonly #bootId = randomBytes(9).toString('base64url');
  readonly #nodeId: string;
  readonly #listener: NodeListener;
  readonly #waysIn: WaysIn;
  readonly #origin: Origin;
  readonly #webLink: WebLink;
  readonly #metrics: NodeMetrics;
  /** `undefined` until what is on disk was read: nobody is let in before that */
  #streams: NodeStreams | undefined;
  readonly #journalSizes: JournalSizes;
  #jobs: JobWorker | undefined;
  #desired: DesiredState | undefined;
  /** what its ffmpeg has encoders for */
  #codecs: readonly Codec[] = usualCodecs;
  readonly #departure: Departure;

  private constructor(
    private readonly config: NodeConfig,
    private readonly logger: Logger,
    private readonly parts: { diskBytes?: typeof diskBytes },
  ) {
    this.#nodeId = nodeIdentity(config.dataDir);
    this.#journalSizes = new JournalSizes(join(config.dataDir, 'journals'));
    this.#metrics = new NodeMetrics({
      dataDirectory: config.dataDir,
      journalBytes: () => folderBytes(join(config.dataDir, 'journals')),
      figures: () => this.#figures(),
    });
    this.#waysIn = new WaysIn({
      ...{ config, nodeId: this.#nodeId, logger, meter: this.#metrics, admissions: this.#admissions },
      directory: () => this.#streams?.directory,
      webOrigins: () => this.#desired?.webOrigins ?? [],
      publisherArrived: () => this.#departure.publisherArrived(),
      closePieces: (streamId) => this.#streams?.pieces.closeStream(streamId),
    });
    this.#origin = createOrigin({
      streams: {
        find: (streamId) => this.#streams?.playable(streamId),
        home: (streamId) => this.#streams?.directory.home(streamId),
      },
      publicUrl: () => this.publicUrl,
      clock: systemClock,
      publicKey: () => this.#desired?.grantPublicKey,
      isRevoked: (grantId) => this.#isRevoked(grantId),
      webOrigins: () => this.#desired?.webOrigins ?? [],
      onError: (error, { request, streamId }) =>
        logger.error({ err: error, requestId: requestIdOf(request), streamId }, 'the origin failed to answer'),
    });
    this.#webLink = new WebLink({
      webUrl: config.webUrl,
      nodeSecret: config.nodeSecret,
      observe: () => nodeSnapshot(this.#reported),
      apply: (desired) => {
        this.#desired = desired;
        this.#departure.want(desired.drain);
        this.#streams?.directory.apply(desired);
        this.#waysIn.enforceKeys(desired.streams);
      },
      logger,
    });
    this.#departure = new Departure({
      ...{ drainSeconds: config.drainSeconds, logger, webLink: this.#webLink, waysIn: this.#waysIn },
      desired: () => this.#desired,
      directory: () => this.#streams?.directory,
      refusePublisher: (...refusal) => this.#refusePublisher(...refusal),
    });
    this.#listener = createNodeListener({
      tls: config.tls,
      answer: (request, response) =>
        void answerRequest(request, response, {
          ...{ origin: this.#origin, waysIn: this.#waysIn, pieces: this.#streams?.pieces, logger },
          control: () => this.#controlled(request),
        }),
      upgrade: (request, socket, head) => this.#waysIn.handleUpgrade(request, socket, head),
      publicUrl: () => this.publicUrl,
      logger,
    });
  }

  /**
   * Starts a node: checks ffmpeg, reads what is on disk, listens, then reports to the web.
   *
   * @param parts what a test puts in the place of the machine's own
   */
  static async start(
    config: NodeConfig,
    logger: Logger,
    parts: { diskBytes?: typeof diskBytes } = {},
  ): Promise<StreamNode> {
    const node = new StreamNode(config, logger, parts);
    await node.#start();
    return node;
  }

  /** where publishers and viewers reach this node */
  get publicUrl(): string {
    const { publicUrl, tls, host } = this.config;
    return publicUrl ?? `${tls === null ? 'http' : 'https'}://${host}:${this.#listener.address.port}`;
  }

  /** where encoders reach this node; null when it takes none */
  get rtmpUrl(): string | null {
    const { rtmpPort: port } = this.#waysIn;
    return port === null ? null : `rtmp://${new URL(this.publicUrl).hostname}:${port}/${rtmpApplication}`;
  }

  async #start(): Promise<void> {
    const { config, logger } = this;
    const abilities = await prepareFfmpeg(config.ffmpegPath);
    this.#codecs = abilities.codecs;
    const streams = await NodeStreams.open({
      ...{ config, logger, meter: this.#metrics, abilities, admissions: this.#admissions },
      uriPrefix: this.#bootId.replaceAll('-', 'A').replaceAll('_', 'B'),
      bytesOf: this.parts.diskBytes,
      traffic: {
        foreignViewers: (streamId) => this.#origin.foreignViewers(streamId),
        bytesOut: (streamId) => this.#origin.bytesOut(streamId),
        forget: (streamId) => this.#origin.forget(streamId),
      },
      refusePublisher: (...refusal) => void this.#refusePublisher(...refusal),
      replacedByPieces: (streamId) => void this.#waysIn.closeStream(streamId, 'replaced'),
      changed: () => {
        void this.#webLink.exchangeNow();
        this.#departure.changed();
      },
    });
    this.#streams = streams;
    this.#waysIn.follow(streams.directory, streams.journals);
    await streams.begin();
    await this.#listener.listen(config.port, config.host);
    await this.#waysIn.listenForEncoders();
    this.#journalSizes.start();
    this.#webLink.start();
    this.#jobs = new JobWorker({
      nodeId: this.#nodeId,
      source: new JobsCall(config),
      doWork: nodeWork({
        ...{ recordings: streams.recordings, recordingsFolder: recordingsFolder(config) },
        ...{ nodeSecret: config.nodeSecret, diskLimits: config.diskLimits },
      }),
      mayBegin: () => streams.disk.takesRecordings && streams.directory.keepsUp,
      logger,
    });
    this.#jobs.start();
  }

  get #admissions(): Admissions {
    return {
      find: (streamId, epoch) => findAdmitted(() => this.#admitting, streamId, epoch),
      takesRest: async (streamId) => (await this.#streams?.directory.takesRest(streamId)) ?? false,
      publicKey: () => this.#desired?.grantPublicKey ?? null,
      isRevoked: (grantId) => this.#isRevoked(grantId),
    };
  }

  async #refusePublisher(streamId: string, code: IngestRefusalCode, message: string): Promise<void> {
    this.#streams?.pieces.closeStream(streamId);
    await this.#waysIn.closeStream(streamId, code, message);
  }

  get #admitting(): AdmittingNode {
    return {
      directory: this.#streams?.directory,
      encoderSlots: this.#encoderSlots,
      hasNoRoom: this.#streams?.disk.observed.level === 'full',
      isDraining: this.#departure.isOn,
      askWeb: async () => {
        const answered = this.#webLink.nextAnswer(AbortSignal.timeout(admissionWaitMs));
        void this.#webLink.exchangeNow();
        await answered;
      },
    };
  }

  get #encoderSlots(): number {
    return this.config.encoderSlots ?? unmeasuredEncoderSlots;
  }

  #isRevoked(grantId: string): boolean {
    return this.#desired?.revokedGrantIds.includes(grantId) ?? false;
  }

  get #reported(): ReportedNode {
    return {
      ...{ nodeId: this.#nodeId, bootId: this.#bootId, config: this.config },
      ...{ publicUrl: this.publicUrl, rtmpUrl: this.rtmpUrl, listening: this.#listener.address },
      ...{ encoderSlots: this.#encoderSlots, isDraining: this.#departure.isOn, codecs: this.#codecs },
      ...{ directory: this.#streams?.directory, disk: this.#streams?.disk, journals: this.#journalSizes },
    };
  }

  #figures(): NodeFigures {
    return {
      ...nodeFigures(this.#reported),
      blockedRequests: this.#origin.waiting(),
      isWebReachable: this.#webLink.isReachable,
    };
  }

  /** For `main`: figures of the process beside those of the node. */
  watchProcess(): void {
    this.#metrics.watchProcess();
  }

  #controlled(request: IncomingMessage): ControlledNode {
    return {
      nodeSecret: this.config.nodeSecret,
      host: this.config.host,
      publicUrl: this.publicUrl,
      metrics: this.#metrics,
      failed: (error) =>
        this.logger.error({ err: error, requestId: requestIdOf(request) }, 'the metrics could not be gathered'),
      notReady: () => {
        if (this.#departure.isOn) {
          return 'draining';
        }
        return this.#webLink.isReachable ? null : 'the web has not taken a snapshot';
      },
      askNow: () => void this.#webLink.exchangeNow(),
      lendTake: (path, to) => void lendTake(recordingsFolder(this.config), path, to),
    };
  }

  /**
   * Prepares a stop: no new streams, and publishers go to other nodes where there are any. Resolves when none is left, when
   * there is nowhere to go, or after a while.
   */
  async leave(): Promise<void> {
    await this.#departure.leave();
  }

  /** Stops taking in, lets ffmpeg go, closes takes and sockets. Journals and recordings stay on disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#departure[Symbol.dispose]();
    await this.#jobs?.[Symbol.asyncDispose]();
    await this.#webLink[Symbol.asyncDispose]();
    await this.#streams?.disk[Symbol.asyncDispose]();
    await this.#journalSizes[Symbol.asyncDispose]();
    this.#listener.stopListening();
    await this.#waysIn.close();
    await this.#streams?.[Symbol.asyncDispose]();
    this.#listener.destroyConnections();
  }
}
