import { newId } from '../../stream-node/contract/ids';
import type { Hello, RecorderContainer } from '../../stream-node/contract/ingest-protocol';
import type { BacklogItem } from './backlog';
import type { StampedChunk } from './chunk-stamper';
import { IngestClient } from './ingest-client';
import type { IngestClientOptions } from './ingest-client-options';
import type { ChunkStore, KeptBroadcast } from './kept-session';
import { pageNowMs } from './page-clock';
import { SessionKeeper } from './session-keeper';

/** What a session needs of a recorder. */
export type Recorder = {
  readonly mime: string;
  readonly container: RecorderContainer;
  lagMs(): number | null;
  /** Settles when the last chunk was handed over. */
  stop(): Promise<void>;
};

export type RecorderHandlers = { chunk: (chunk: StampedChunk) => void; failed: (error: Error) => void };

export type StartRecorder = (stream: MediaStream, handlers: RecorderHandlers) => Promise<Recorder>;

export type LiveSessionOptions = {
  broadcast: KeptBroadcast;
  stream: MediaStream;
  store: ChunkStore | null;
  startRecorder: StartRecorder;
  recorderFailed: () => void;
  storeFailed: () => void;
  ingest: Omit<IngestClientOptions, 'hello' | 'keeper'>;
};

/** A recorder, the client that sends what it gives, and the keeper that outlives them: one recorder session. */
export class LiveSession {
  readonly client: IngestClient;
  readonly #keeper: SessionKeeper;
  readonly #recorder: Recorder;
  /** settles when the recorder has given its first chunk */
  readonly begun: Promise<void>;
  #isRetired = false;

  private constructor(client: IngestClient, keeper: SessionKeeper, recorder: Recorder, begun: Promise<void>) {
    this.client = client;
    this.#keeper = keeper;
    this.#recorder = recorder;
    this.begun = begun;
  }

  /** Records from now on, and connects. Throws where this browser records nothing that a node reads. */
  static async start(options: LiveSessionOptions): Promise<LiveSession> {
    const { stream, store, broadcast, ingest } = options;
    const early: StampedChunk[] = [];
    let take = (chunk: StampedChunk): unknown => early.push(chunk);
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const recorder = await options.startRecorder(stream, {
      chunk: (chunk) => {
        take(chunk);
        begin();
      },
      failed: () => {
        begin();
        options.recorderFailed();
      },
    });
    const hello = greeting(broadcast.streamId, stream, recorder);
    const keeper = new SessionKeeper({
      store,
      session: {
        broadcast,
        hello,
        clock: null,
        nodeUrl: null,
        firstSequence: 0,
        lastSequence: -1,
        bytes: 0,
        capturedUntilMs: pageNowMs(),
      },
      onFault: options.storeFailed,
    });
    keeper.begin();
    const client = new IngestClient({ ...ingest, hello, keeper });
    take = ({ bytes, captureTimeMs }) => client.send(bytes, captureTimeMs);
    for (const chunk of early) {
      take(chunk);
    }
    return new LiveSession(client, keeper, recorder, begun);
  }

  /** The backlog has it. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  lagMs(): number | null {
    return this.#recorder.lagMs();
  }

  /** Settles when the recorder has handed over its last chunk. */
  async stopRecorder(): Promise<void> {
    await this.#recorder.stop();
  }

  /** Settles when the node has everything; the store then knows nothing of it any more. To be called after the stop. */
  async finish(): Promise<void> {
    await this.client.finish();
    await this.#keeper.forget();
  }

  /** Stops the recorder and hands out what the node has not got. Call `client.detach()` before. */
  async retire(): Promise<BacklogItem> {
    this.#isRetired = true;
    await this.#recorder.stop();
    const { queue, clock } = this.client.takeOver();
    await this.#keeper.settled();
    return { keeper: this.#keeper, queue: this.#keeper.isKeeping ? null : queue, clock };
  }

  /** Gives up what the node has not got; returns how many bytes that are. */
  abandon(): number {
    const { bytes } = this.#keeper.session;
    void this.#keeper.forget();
    return bytes;
  }

  /** Lets go of the line at once; the store keeps what it has, and the recorder's last chunk too. */
  async close(): Promise<void> {
    this.client.detach();
    await this.#recorder.stop();
    this.client.close();
  }
}

/** What the camera says of its rate: no container of a recorder does. In thousandths, as near as it comes to 30000/1001. */
function frameRateHint(framesPerSecond: number | undefined): Pick<NonNullable<Hello['hint']>, 'frameRate'> {
  const isTold = framesPerSecond !== undefined && framesPerSecond >= 1 && framesPerSecond <= 240;
  return isTold ? { frameRate: { numerator: Math.round(framesPerSecond * 1000), denominator: 1000 } } : {};
}

function greeting(streamId: string, stream: MediaStream, recorder: Recorder): Omit<Hello, 'type' | 'grant'> {
  const picture = stream.getVideoTracks()[0];
  const { width, height, frameRate } = picture?.getSettings() ?? {};
  return {
    streamId,
    recorderSession: newId('recorderSession'),
    mime: recorder.mime,
    container: recorder.container,
    hasVideo: picture !== undefined,
    hasAudio: true,
    ...(width !== undefined && height !== undefined && { hint: { width, height, ...frameRateHint(frameRate) } }),
  };
}
