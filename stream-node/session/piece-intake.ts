import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admissions } from '../ingest/admission';
import { handlePieceCall } from '../ingest/pieces/piece-calls';
import { PieceStore } from '../ingest/pieces/piece-store';
import type { PiecesSource } from '../ingest/pieces/pieces-source';
import type { PlayablePieces } from '../origin/playable-stream';
import type { LiveStream } from './live-stream';
import { PieceChannel } from './piece-channel';
import type { StreamPorts } from './stream-ports';

export type PieceIntakeOptions = {
  ports: StreamPorts;
  admissions: Admissions;
  /** how long a missing piece holds up the ones after it, in milliseconds */
  gapWaitMs: number;
  live(streamId: string): LiveStream | undefined;
  /** A session begins: sends away whoever publishes the stream another way. */
  replaces(streamId: string): void;
  /** Makes what the recording lacks of a session into it; false: not all of it is there. */
  remake(source: PiecesSource, signal: AbortSignal): Promise<boolean>;
};

/** Takes in broadcasters that upload complete files: one channel for each of their streams. */
export class PieceIntake implements AsyncDisposable {
  readonly #opening = new Map<string, Promise<PieceChannel>>();
  readonly #open = new Map<string, PieceChannel>();
  readonly #abort = new AbortController();

  private constructor(private readonly options: PieceIntakeOptions) {}

  /** Opens what is on disk, and goes on with what an earlier process left. */
  static async open(options: PieceIntakeOptions): Promise<PieceIntake> {
    const intake = new PieceIntake(options);
    for (const streamId of await PieceStore.streamIds(options.ports.dataDirectory)) {
      (await intake.#channel(streamId)).resume();
    }
    return intake;
  }

  /** Answers an upload or a stop; false for any other path. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { admissions, ports } = this.options;
    return await handlePieceCall(request, response, {
      ...{ admissions, clock: ports.clock, logger: ports.logger },
      upload: async ({ streamId, epoch }, read) => {
        const sequence = await (await this.#channel(streamId)).upload(read, epoch);
        return { success: true, message: `Chunk ${sequence} uploaded successfully.` };
      },
      stop: async ({ streamId }) => {
        const channel = await this.#channel(streamId);
        await channel.stop();
        return { success: true, message: 'Everything is in the video.', pieceCount: channel.store.listed.length };
      },
    });
  }

  /** What can be played of a stream's pieces; `undefined` where none came. */
  playable(streamId: string): PlayablePieces | undefined {
    const store = this.#open.get(streamId)?.store;
    if (store === undefined || store.listed.length === 0) {
      return undefined;
    }
    return {
      listed: store.listed,
      hasEnded: store.hasEnded,
      segmentPath: (file) =>
        store.listed.some((piece) => piece.file === file) ? store.segmentPath({ file }) : undefined,
    };
  }

  /** Another publisher has the stream. */
  closeStream(streamId: string): void {
    this.#open.get(streamId)?.endSession();
  }

  /** The stream is over: nothing of it is waited for. Resolves when all of it is in the recording. */
  async streamOver(streamId: string): Promise<void> {
    await this.#open.get(streamId)?.stop();
  }

  /** Deletes everything of a stream. */
  async forget(streamId: string): Promise<void> {
    await this.#open.get(streamId)?.close();
    this.#opening.delete(streamId);
    this.#open.delete(streamId);
    await PieceStore.remove(this.options.ports.dataDirectory, streamId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await Promise.all([...this.#open.values()].map((channel) => channel.close()));
  }

  #channel(streamId: string): Promise<PieceChannel> {
    const known = this.#opening.get(streamId);
    if (known !== undefined) {
      return known;
    }
    const opening = this.#newChannel(streamId);
    this.#opening.set(streamId, opening);
    // A disk that fails now may do better the next time.
    opening.catch(() => this.#opening.delete(streamId));
    return opening;
  }

  async #newChannel(streamId: string): Promise<PieceChannel> {
    const { ports, gapWaitMs, live, replaces, remake } = this.options;
    const store = await PieceStore.open(ports.dataDirectory, streamId);
    const channel = new PieceChannel(store, {
      ...{ clock: ports.clock, abilities: ports.abilities, ffprobePath: ports.ffprobePath },
      ...{ gapWaitMs, logger: ports.logger.child({ streamId }) },
      offer: (source) => {
        const stream = live(streamId);
        stream?.offer(source);
        if (stream !== undefined) {
          replaces(streamId);
        }
        return stream !== undefined;
      },
      heard: () => live(streamId)?.publisherConnected(),
      finished: () => live(streamId)?.publisherFinished(),
      silent: () => live(streamId)?.publisherLost('No chunk has come for a while'),
      settled: async (recorderSession) => await live(streamId)?.settled(recorderSession),
      remake: (source) => remake(source, this.#abort.signal),
    });
    this.#open.set(streamId, channel);
    return channel;
  }
}
