import { isDeepStrictEqual } from 'node:util';
import type { DesiredState, DesiredStream, ObservedStream, ObservedTake } from '../contract/snapshots';
import type { PlayableStream, PlayableStreams } from '../origin/playable-stream';
import { madeFilesFolder } from '../store/made-files';
import { storyboardFolder } from '../store/storyboard-store';
import { readStreamFacts, type StreamFacts, writeStreamFacts } from '../store/stream-facts';
import { untrimmed } from '../store/trimmed-takes';
import { LiveStream } from './live-stream';
import { restAwaitedMs } from './rest-deadline';
import type { StreamPorts } from './stream-ports';
import { UnconfirmedTakes } from './unconfirmed-takes';

export type StreamTraffic = {
  foreignViewers(streamId: string): number;
  bytesOut(streamId: string): number;
  /** drops the figures of a stream that has left this node */
  forget(streamId: string): void;
  /** deletes what is kept on disk of a stream beside its recording, once nobody works on it */
  deleteJournals(streamId: string): Promise<void>;
};

const isWanted = ({ action }: DesiredStream) => action === 'run' || action === 'pause';

/** How long the live window of an ended stream stays in memory for players that are still reading it, in milliseconds. */
const endedWindowMs = 60_000;

/** From so much on an encoder counts as behind, in milliseconds. */
const busyLagMs = 1000;

/** All streams of this node: those it was assigned, and those it has recordings of. */
export class StreamDirectory implements PlayableStreams, AsyncDisposable {
  readonly #live = new Map<string, LiveStream>();
  /** streams with takes on disk, by id */
  readonly #recorded = new Map<string, StreamFacts>();
  readonly #unconfirmed = new UnconfirmedTakes();
  readonly #endTimers = new Map<string, NodeJS.Timeout>();
  readonly #deleting = new Set<string>();
  /** where streams went that left this node */
  readonly #homes = new Map<string, string>();
  /** streams that are over here, and whose journals of an earlier process were dealt with */
  readonly #dealtWith = new Set<string>();

  private constructor(
    private readonly options: {
      recordingsFolder: string;
      ports: StreamPorts;
      traffic: StreamTraffic;
    },
  ) {}

  /** Reads which streams have recordings here. */
  static async open(options: {
    recordingsFolder: string;
    ports: StreamPorts;
    traffic: StreamTraffic;
  }): Promise<StreamDirectory> {
    const directory = new StreamDirectory(options);
    for (const streamId of await options.ports.recordings.streamIds()) {
      const facts = await readStreamFacts(options.recordingsFolder, streamId);
      directory.#recorded.set(streamId, facts);
      if (facts.home !== undefined) {
        directory.#homes.set(streamId, facts.home);
      }
      directory.#unconfirmed.expect(streamId);
    }
    return directory;
  }

  live(streamId: string): LiveStream | undefined {
    return this.#live.get(streamId);
  }

  /** Public URL of the node that has a stream now which was here once. */
  home(streamId: string): string | undefined {
    return this.#homes.get(streamId);
  }

  /** Streams whose publishers send now. */
  get published(): LiveStream[] {
    return [...this.#live.values()].filter(({ state }) => state === 'live' || state === 'connecting');
  }

  /** publishers that media is taken from now */
  get publisherCount(): number {
    return this.published.length;
  }

  /** what their encoders take, in hundredths of an encoder slot */
  get encoderPercent(): number {
    return this.published.reduce((sum, { encoderPercent }) => sum + encoderPercent, 0);
  }

  /** media of all live windows, in bytes */
  get windowBytes(): number {
    return [...this.#live.values()].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  /** No encoder is behind its publisher: there is time for other work. */
  get keepsUp(): boolean {
    // Of a stream without media the newest only grows older.
    const live = [...this.#live.values()].filter(({ state }) => state === 'live');
    return live.every(({ encoderLagMs }) => encoderLagMs === null || encoderLagMs < busyLagMs);
  }

  /** A take of a stream is made that may be here no more. */
  expectTakes(streamId: string, facts: StreamFacts): void {
    this.#unconfirmed.expect(streamId);
    if (!this.#recorded.has(streamId)) {
      this.#recorded.set(streamId, facts);
    }
  }

  /** It is recorded here, and lately enough that what its publisher kept of it may still be added. */
  async takesRest(streamId: string): Promise<boolean> {
    if (!this.#recorded.has(streamId) || this.#deleting.has(streamId)) {
      return false;
    }
    const { recordings, clock } = this.options.ports;
    const ends = (await recordings.observedTakesOf(streamId)).map(
      ({ startedAtMs, durationSeconds }) => startedAtMs + durationSeconds * 1000,
    );
    return ends.some((endMs) => clock.nowMs() - endMs < restAwaitedMs);
  }

  /** Brings this node to what the web wants. The same state again changes nothing. */
  apply(desired: DesiredState): void {
    this.#unconfirmed.confirm(desired.confirmedTakeIds);
    for (const stream of desired.streams) {
      this.#applyOne(stream);
    }
    const named = new Set(desired.streams.map(({ streamId }) => streamId));
    for (const [streamId, live] of this.#live) {
      if (!named.has(streamId) && !live.isOver) {
        // No longer assigned to this node: its publisher has moved on, and what is here is over.
        live.applyDesired({ ...live.desired, action: 'end' });
      }
    }
  }

  /** The disk is nearly full: every take that is being written is closed. */
  stopRecording(): void {
    for (const live of this.#live.values()) {
      live.stopRecording().catch((error: unknown) => {
        this.options.ports.logger.error({ streamId: live.streamId, error }, 'a take could not be closed');
      });
    }
  }

  find(streamId: string): PlayableStream | undefined {
    const live = this.#live.get(streamId);
    const facts = this.#recorded.get(streamId);
    if (live === undefined && facts === undefined) {
      return undefined;
    }
    const { recordings } = this.options.ports;
    const { formerHomes = [] } = live?.desired ?? facts ?? {};
    const home = this.#homes.get(streamId);
    return {
      streamId,
      epoch: live?.epoch ?? facts?.epoch ?? 1,
      visibility: live?.desired.visibility ?? facts?.visibility ?? 'private',
      // Whoever watches a stream that left waits here until they hear of its new home: it is not over.
      state: live === undefined ? 'ended' : live.hasMovedOn ? 'interrupted' : live.state,
      renditions: live?.renditions ?? [],
      window: (renditionId) => live?.window(renditionId),
      takes: () => recordings.takesOf(streamId),
      ...{ home, peers: home === undefined ? formerHomes : [...formerHomes, home] },
      takeFile: (takeId, renditionId) => recordings.takeFile(streamId, takeId, renditionId),
      ...(facts && { trim: facts.trim, madeFolder: madeFilesFolder(this.options.recordingsFolder, streamId) }),
      storyboardFolder: storyboardFolder(this.options.ports.dataDirectory, streamId),
    };
  }

  observe(nowMs: number): ObservedStream[] {
    const traffic = this.options.traffic;
    return [...this.#live.values()].map((stream) =>
      stream.observe(nowMs, {
        foreignViewers: traffic.foreignViewers(stream.streamId),
        bytesOut: traffic.bytesOut(stream.streamId),
      }),
    );
  }

  /** Takes that the web may not have whole: those being written, and closed ones it has not confirmed. */
  async observeTakes(): Promise<ObservedTake[]> {
    const { recordings } = this.options.ports;
    return await this.#unconfirmed.observe(
      (streamId) => recordings.observedTakesOf(streamId),
      (streamId) => this.#live.has(streamId),
    );
  }

  #applyOne(desired: DesiredStream): void {
    const { streamId } = desired;
    const live = this.#live.get(streamId);
    if (desired.home === undefined) {
      this.#homes.delete(streamId);
    } else {
      this.#homes.set(streamId, desired.home);
    }
    if (desired.action === 'delete') {
      void this.#delete(streamId);
      return;
    }
    if (live?.isEnding && isWanted(desired) && desired.epoch > live.epoch) {
      // It moved on to another node and came back, or was parked: what was here is over, and a new run begins once that is stored.
      if (live.isOver) {
        this.#forget(live);
        this.#begin(desired);
      }
      return;
    }
    if (live !== undefined) {
      if (desired.epoch >= live.epoch) {
        live.applyDesired(desired);
        this.#keepFacts(desired, this.#recorded.has(streamId));
        this.#scheduleForgetting(live);
      }
      return;
    }
    if (desired.action === 'end' || desired.action === 'park') {
      this.#keepFacts(desired, this.#recorded.has(streamId));
      if (!this.#dealtWith.has(streamId)) {
        this.#dealtWith.add(streamId);
        // What a process before this one had acknowledged: no publisher will come to send the rest of it.
        void this.options.ports.streamOver(streamId);
      }
      return;
    }
    this.#begin(desired);
  }

  #begin(desired: DesiredStream): void {
    this.#dealtWith.delete(desired.streamId);
    this.#live.set(desired.streamId, new LiveStream(desired, this.options.ports));
    this.#unconfirmed.expect(desired.streamId);
    this.#keepFacts(desired, desired.record);
  }

  #forget(live: LiveStream): void {
    clearTimeout(this.#endTimers.get(live.streamId));
    this.#endTimers.delete(live.streamId);
    this.#live.delete(live.streamId);
    void live[Symbol.asyncDispose]();
  }

  #keepFacts(desired: DesiredStream, isRecorded: boolean): void {
    const { streamId, visibility, epoch, home, formerHomes, trim = untrimmed } = desired;
    const facts: StreamFacts = {
      ...{ visibility, epoch, trim },
      ...(home && { home }),
      ...(formerHomes && { formerHomes }),
    };
    if (!isRecorded || isDeepStrictEqual(this.#recorded.get(streamId), facts)) {
      return;
    }
    this.#recorded.set(streamId, facts);
    writeStreamFacts(this.options.recordingsFolder, streamId, facts).catch((error: unknown) => {
      this.options.ports.logger.error({ streamId, error }, 'the facts of a stream could not be written');
    });
  }

  #scheduleForgetting(live: LiveStream): void {
    const { streamId } = live;
    if (!live.isOver || this.#endTimers.has(streamId)) {
      return;
    }
    this.#endTimers.set(
      streamId,
      setTimeout(() => this.#forget(live), endedWindowMs),
    );
  }

  async #delete(streamId: string): Promise<void> {
    if (this.#deleting.has(streamId) || !(this.#live.has(streamId) || this.#recorded.has(streamId))) {
      return;
    }
    this.#deleting.add(streamId);
    try {
      // Its owner may have deleted it while it was on air.
      this.options.ports.refusePublisher(streamId, 'stream_ended', 'the stream was deleted');
      await this.#live.get(streamId)?.[Symbol.asyncDispose]();
      this.#live.delete(streamId);
      clearTimeout(this.#endTimers.get(streamId));
      this.#endTimers.delete(streamId);
      await this.options.ports.recordings.delete(streamId);
      this.#recorded.delete(streamId);
      await this.options.traffic.deleteJournals(streamId);
      this.options.traffic.forget(streamId);
    } catch (error) {
      this.options.ports.logger.error(
        { streamId, error },
        'a stream could not be deleted; tried again when asked again',
      );
    } finally {
      this.#deleting.delete(streamId);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#endTimers.values()) {
      clearTimeout(timer);
    }
    await Promise.all([...this.#live.values()].map((stream) => stream[Symbol.asyncDispose]()));
  }
}
