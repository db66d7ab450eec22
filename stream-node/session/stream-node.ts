import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../clock';
import type { NodeConfig } from '../config';
import { type Codec, usualCodecs } from '../contract/codecs';
import type { IngestRefusalCode } from '../contract/ingest-protocol';
import { takesRecordings } from '../contract/recording-state';
import { requestIdHeader } from '../contract/request-id';
import type { DesiredState } from '../contract/snapshots';
import { handleControl } from '../control/control-routes';
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
import type { PlayableStream } from '../origin/playable-stream';
import { rewindFolder } from '../recorder/rewind-recorder';
import { requestIdOf } from '../request-id';
import type { diskBytes } from '../store/disk-level';
import { folderBytes, JournalSizes } from '../store/journal-sizes';
import { Recordings } from '../store/recordings';
import { deleteStoryboard } from '../store/storyboard-store';
import { StreamLedger } from '../store/stream-ledger';
import { prepareFfmpeg } from '../transcode/ffmpeg-abilities';
import { SpriteMaker } from '../transcode/sprite-maker';
import { Departure } from './departure';
import { DiskWatch } from './disk-watch';
import { type AdmittingNode, findAdmitted } from './find-admitted';
import type { JournalKeeper } from './journal-keeper';
import { defaultGraceSeconds, newJournalKeeper, remakeInto } from './new-journal-keeper';
import { nodeIdentity } from './node-identity';
import { createNodeListener, type NodeListener } from './node-listener';
import { nodeFigures, nodeSnapshot, type ReportedNode } from './node-report';
import { PieceIntake } from './piece-intake';
import { StreamDirectory } from './stream-directory';
import type { StreamPorts } from './stream-ports';
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
  #directory: StreamDirectory | undefined;
  #journals: JournalKeeper | undefined;
  #pieces: PieceIntake | undefined;
  #disk: DiskWatch | undefined;
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
      directory: () => this.#directory,
      webOrigins: () => this.#desired?.webOrigins ?? [],
      publisherArrived: () => this.#departure.publisherArrived(),
      closePieces: (streamId) => this.#pieces?.closeStream(streamId),
    });
    this.#origin = createOrigin({
      streams: {
        find: (streamId) => this.#playable(streamId),
        home: (streamId) => this.#directory?.home(streamId),
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
        this.#directory?.apply(desired);
        this.#waysIn.enforceKeys(desired.streams);
      },
      logger,
    });
    this.#departure = new Departure({
      ...{ drainSeconds: config.drainSeconds, logger, webLink: this.#webLink, waysIn: this.#waysIn },
      desired: () => this.#desired,
      directory: () => this.#directory,
      refusePublisher: (...refusal) => this.#refusePublisher(...refusal),
    });
    this.#listener = createNodeListener({
      tls: config.tls,
      answer: (request, response) => void this.#answer(request, response),
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
    const recordingsFolder = join(config.dataDir, 'recordings');
    const recordings = await Recordings.open({
      folder: recordingsFolder,
      onMalformed: (takeId, error) => logger.error({ takeId, reason: error.message }, 'a take cannot be read'),
    });
    const disk = await DiskWatch.start({
      ...{ folder: config.dataDir, limits: config.diskLimits, logger },
      ...(this.parts.diskBytes && { bytesOf: this.parts.diskBytes }),
      onLevel: (before) => this.#diskChanged(takesRecordings(before)),
    });
    this.#disk = disk;
    const ports: StreamPorts = {
      clock: systemClock,
      logger,
      meter: this.#metrics,
      abilities,
      recordings,
      disk,
      sprites: new SpriteMaker(),
      dataDirectory: config.dataDir,
      ffprobePath: config.ffprobePath,
      encoderStallMs: config.encoderStallMs,
      windowBytesMax: config.windowBytesMax,
      uriPrefix: this.#bootId.replaceAll('-', 'A').replaceAll('_', 'B'),
      refusePublisher: (streamId, code, message) => void this.#refusePublisher(streamId, code, message),
      journalLeft: (...left) => this.#journals?.left(...left),
      journalTaken: async (...taken) => await this.#journals?.letGo(...taken),
      streamOver: async (streamId) => {
        await Promise.all([this.#journals?.streamOver(streamId), this.#pieces?.streamOver(streamId)]);
      },
      changed: () => {
        void this.#webLink.exchangeNow();
        this.#departure.changed();
      },
    };
    await rm(rewindFolder(config.dataDir), { recursive: true, force: true });
    this.#directory = await StreamDirectory.open({
      recordingsFolder,
      ports,
      traffic: {
        foreignViewers: (streamId) => this.#origin.foreignViewers(streamId),
        bytesOut: (streamId) => this.#origin.bytesOut(streamId),
        forget: (streamId) => this.#origin.forget(streamId),
        deleteJournals: async (streamId) => {
          await this.#journals?.forget(streamId);
          await this.#pieces?.forget(streamId);
          await rm(join(config.dataDir, 'journals', streamId), { recursive: true, force: true });
          await (await StreamLedger.open(config.dataDir, streamId)).remove();
          await deleteStoryboard(config.dataDir, streamId);
        },
      },
    });
    this.#journals = newJournalKeeper(this.#directory, ports);
    this.#pieces = await this.#openPieces(this.#directory, ports);
    this.#waysIn.follow(this.#directory, this.#journals);
    await this.#journals.begin(async (streamId) => {
      const { entry } = await StreamLedger.open(config.dataDir, streamId);
      return (entry?.graceSeconds ?? defaultGraceSeconds) * 1000;
    });
    await this.#listener.listen(config.port, config.host);
    await this.#waysIn.listenForEncoders();
    this.#journalSizes.start();
    this.#webLink.start();
    this.#jobs = new JobWorker({
      nodeId: this.#nodeId,
      source: new JobsCall(config),
      doWork: nodeWork({
        ...{ recordings, recordingsFolder, nodeSecret: config.nodeSecret, diskLimits: config.diskLimits },
      }),
      mayBegin: () => disk.takesRecordings && (this.#directory?.keepsUp ?? false),
      logger,
    });
    this.#jobs.start();
  }

  #openPieces(directory: StreamDirectory, ports: StreamPorts): Promise<PieceIntake> {
    return PieceIntake.open({
      ...{ ports, admissions: this.#admissions, gapWaitMs: this.config.pieceWaitMs },
      live: (streamId) => directory.live(streamId),
      replaces: (streamId) => void this.#waysIn.closeStream(streamId, 'replaced'),
      remake: remakeInto(directory, ports),
    });
  }

  get #admissions(): Admissions {
    return {
      find: (streamId, epoch) => findAdmitted(() => this.#admitting, streamId, epoch),
      takesRest: async (streamId) => (await this.#directory?.takesRest(streamId)) ?? false,
      publicKey: () => this.#desired?.grantPublicKey ?? null,
      isRevoked: (grantId) => this.#isRevoked(grantId),
    };
  }

  #playable(streamId: string): PlayableStream | undefined {
    const stream = this.#directory?.find(streamId);
    return stream && { ...stream, pieces: this.#pieces?.playable(streamId) };
  }

  #diskChanged(tookRecordings: boolean): void {
    if (this.#directory === undefined) {
      return;
    }
    const takes = this.#disk?.takesRecordings ?? true;
    if (tookRecordings && !takes) {
      this.#directory.stopRecording();
      this.#journals?.roomGone();
    } else if (!tookRecordings && takes) {
      this.#journals?.roomAgain();
    }
    void this.#webLink.exchangeNow();
  }

  async #refusePublisher(streamId: string, code: IngestRefusalCode, message: string): Promise<void> {
    this.#pieces?.closeStream(streamId);
    await this.#waysIn.closeStream(streamId, code, message);
  }

  get #admitting(): AdmittingNode {
    return {
      directory: this.#directory,
      encoderSlots: this.#encoderSlots,
      hasNoRoom: this.#disk?.observed.level === 'full',
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
      ...{ directory: this.#directory, disk: this.#disk, journals: this.#journalSizes },
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

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const control = {
      nodeSecret: this.config.nodeSecret,
      host: this.config.host,
      publicUrl: this.publicUrl,
      metrics: this.#metrics,
      failed: (error: unknown) =>
        this.logger.error({ err: error, requestId: requestIdOf(request) }, 'the metrics could not be gathered'),
      notReady: () => {
        if (this.#departure.isOn) {
          return 'draining';
        }
        return this.#webLink.isReachable ? null : 'the web has not taken a snapshot';
      },
      askNow: () => void this.#webLink.exchangeNow(),
      lendTake: (path: string, to: ServerResponse) => void lendTake(join(this.config.dataDir, 'recordings'), path, to),
    };
    try {
      if (
        handleControl(request, response, control) ||
        this.#origin.handle(request, response) ||
        (await this.#waysIn.handle(request, response)) ||
        (await this.#pieces?.handle(request, response))
      ) {
        return;
      }
      request.resume();
      const headers = { 'content-type': 'application/json', [requestIdHeader]: requestIdOf(request) };
      response.writeHead(404, headers).end('{"error":"path: nothing is here"}');
    } catch (error) {
      const streamId = /^\/stream\/([A-Za-z0-9_-]{9,64})\//.exec(request.url ?? '')?.[1];
      this.logger.error({ err: error, requestId: requestIdOf(request), streamId }, 'a request failed');
      response.destroy();
    }
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
    await this.#disk?.[Symbol.asyncDispose]();
    await this.#journalSizes[Symbol.asyncDispose]();
    this.#listener.stopListening();
    await this.#waysIn.close();
    await Promise.all([
      this.#journals?.[Symbol.asyncDispose](),
      this.#pieces?.[Symbol.asyncDispose](),
      this.#directory?.[Symbol.asyncDispose](),
    ]);
    this.#listener.destroyConnections();
  }
}
