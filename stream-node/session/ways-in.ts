import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { systemClock } from '../clock';
import type { NodeConfig } from '../config';
import type { IngestRefusalCode } from '../contract/ingest-protocol';
import type { DesiredStream } from '../contract/snapshots';
import { askRtmpAdmission } from '../control/rtmp-admission-call';
import type { Admissions } from '../ingest/admission';
import type { IngestEvents } from '../ingest/ingest-events';
import type { IngestMeter } from '../ingest/ingest-meter';
import { IngestServer } from '../ingest/ingest-server';
import { RtmpServer } from '../ingest/rtmp/rtmp-server';
import type { WhipNetwork } from '../ingest/whip/whip-peer';
import { handleWhip } from '../ingest/whip/whip-routes';
import { WhipServer } from '../ingest/whip/whip-server';
import type { Logger } from '../logger';
import { admitEncoder } from './admit-encoder';
import type { JournalKeeper } from './journal-keeper';
import type { StreamDirectory } from './stream-directory';
import { turnAway } from './turn-away';

export type WaysInOptions = {
  config: NodeConfig;
  nodeId: string;
  logger: Logger;
  meter: IngestMeter;
  admissions: Admissions;
  /** `undefined` until what is on disk was read */
  directory(): StreamDirectory | undefined;
  /** origins of our own pages */
  webOrigins(): readonly string[];
  /** a publisher was let in */
  publisherArrived(): void;
  /** a publisher has the stream: whoever uploads pieces of it has not */
  closePieces(streamId: string): void;
};

/**
 * Every way in by which a publisher keeps a connection: pages by WebSocket, encoders by RTMP and WHIP. The newest publisher
 * has the stream, whichever way it came.
 */
export class WaysIn {
  readonly #pages: IngestServer;
  readonly #rtmp: RtmpServer;
  readonly #whip: WhipServer;
  /** `undefined` until what is on disk was read: nobody is let in before that */
  #journals: JournalKeeper | undefined;

  constructor(private readonly options: WaysInOptions) {
    const { config, nodeId, logger, meter, admissions, directory } = options;
    const { dataDir: dataDirectory, journalFileMs } = config;
    const shared = { dataDirectory, journalFileMs, clock: systemClock, logger, meter };
    this.#pages = new IngestServer({
      ...shared,
      claims: {
        claim: async (...session) => await this.#journals?.claim(...session),
        release: (...session) => this.#journals?.release(...session),
      },
      admissions,
      health: (streamId) => {
        const live = directory()?.live(streamId);
        return {
          state: live?.state ?? 'created',
          publishLatencyMs: live?.publishLatencyMs ?? null,
          ...(live && { recording: live.recording }),
        };
      },
      allowedOrigins: options.webOrigins,
    });
    const admit = (keyHash: string, requestId: string) =>
      admitEncoder(keyHash, {
        ask: (hash) => askRtmpAdmission(config, { nodeId, keyHash: hash }, requestId),
        find: (streamId, epoch) => admissions.find(streamId, epoch),
        kind: (streamId) => directory()?.live(streamId)?.desired.kind,
        logger: logger.child({ requestId }),
      });
    this.#rtmp = new RtmpServer({ ...shared, admit });
    this.#whip = new WhipServer({ ...shared, admit, network: whipNetwork(config) });
  }

  /** where RTMP is listened for; null: nowhere */
  get rtmpPort(): number | null {
    return this.#rtmp.port;
  }

  /** Follows the publishers of every way in. */
  follow(directory: StreamDirectory, journals: JournalKeeper): void {
    this.#journals = journals;
    this.#follow(this.#pages, [this.#rtmp, this.#whip], directory, journals);
    this.#follow(this.#rtmp, [this.#pages, this.#whip], directory, journals);
    this.#follow(this.#whip, [this.#pages, this.#rtmp], directory, journals);
  }

  /** A port that another program has costs the encoders, not the node: publishers' pages go on. */
  async listenForEncoders(): Promise<void> {
    const { rtmpPort, host } = this.options.config;
    if (rtmpPort === undefined) {
      return;
    }
    try {
      await this.#rtmp.listen(rtmpPort, host);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logger.error({ reason }, 'no encoders are taken: RTMP_PORT cannot be listened on');
    }
  }

  /** Takes a publisher's page in; any other upgrade is refused. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!this.#pages.handleUpgrade(request, socket, head)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    }
  }

  /** Answers a request of WHIP; false for any other path. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    return await handleWhip(request, response, this.#whip);
  }

  /** Cuts encoders off whose key counts no more. */
  enforceKeys(streams: readonly Pick<DesiredStream, 'streamId' | 'streamKeyHash'>[]): void {
    for (const { streamId, streamKeyHash } of streams) {
      this.#rtmp.enforceKey(streamId, streamKeyHash);
      this.#whip.enforceKey(streamId, streamKeyHash);
    }
  }

  /** Asks a publisher's page to go to another node. */
  askPageToMove(streamId: string): void {
    this.#pages.askToMove(streamId);
  }

  /** Sends away whoever publishes the stream. */
  async closeStream(streamId: string, code: IngestRefusalCode, message?: string): Promise<void> {
    await Promise.all(
      [this.#pages, this.#rtmp, this.#whip].map((ingest) => ingest.closeStream(streamId, code, message)),
    );
  }

  /** Sends every publisher away; journals stay. */
  async close(): Promise<void> {
    await Promise.all([this.#pages.close(), this.#rtmp.close(), this.#whip.close()]);
  }

  #follow(
    ingest: EventEmitter<IngestEvents>,
    others: readonly { closeStream(streamId: string, code: IngestRefusalCode): Promise<void> }[],
    directory: StreamDirectory,
    journals: JournalKeeper,
  ): void {
    ingest.on('connected', (streamId) => {
      directory.live(streamId)?.publisherConnected();
      this.options.publisherArrived();
    });
    ingest.on('source', (source) => {
      const { streamId, recorderSession } = source;
      if (ingest !== this.#pages) {
        // A page's was claimed before its journal was opened, which may have been there before; an encoder's is a new one.
        journals.arrived(streamId, recorderSession);
      }
      const live = directory.live(streamId);
      if (live === undefined) {
        void turnAway(source, this.options.logger, () => journals.left(streamId, recorderSession, null));
      } else {
        live.offer(source);
        // Only now: a former session that is cut short must find itself replaced, not failed.
        for (const other of others) {
          void other.closeStream(streamId, 'replaced');
        }
        this.options.closePieces(streamId);
      }
    });
    ingest.on('lost', (streamId, reason) => directory.live(streamId)?.publisherLost(reason));
    ingest.on('finished', (streamId) => directory.live(streamId)?.publisherFinished());
  }
}

/** Media is listened for where the node listens for everything else. */
function whipNetwork({ host, whipPorts, whipPublicAddress }: NodeConfig): WhipNetwork {
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const isOne = isIP(address) !== 0 && address !== '0.0.0.0' && address !== '::';
  return { bindAddress: isOne ? address : null, ports: whipPorts, publicAddress: whipPublicAddress };
}
