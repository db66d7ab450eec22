import type { DesiredStream } from '../contract/snapshots';
import type { IngestSource } from '../ingest/ingest-source';
import type { Logger } from '../logger';
import type { ProbedSource } from '../transcode/probed-source';
import { IngestSession, type IngestSessionEnd } from './ingest-session';
import { OutputHold } from './output-hold';
import type { StreamOutput } from './stream-output';
import type { StreamPorts } from './stream-ports';
import { turnAway } from './turn-away';

/** The stream whose sources are run. */
export type RunningStream = {
  readonly desired: DesiredStream;
  readonly output: StreamOutput;
  readonly ports: StreamPorts;
  readonly logger: Logger;
  /** it is the newest source, and the stream goes on */
  isWanted(source: IngestSource): boolean;
  probed(source: IngestSource, probed: ProbedSource): void;
  mediaArrived(): void;
  /** nothing can be made of its media; `message` is for the broadcaster */
  failed(source: IngestSource, message: string): void;
};

/** Runs the recorder sessions of a stream into its output, one after the other, and none while the output is held. */
export class SourceRuns {
  readonly #hold = new OutputHold();
  #session: IngestSession | undefined;
  /** the session that runs was ended to hold the output, and its source is not over */
  #isCutForHold = false;
  /** a new session waits until the packager is free */
  #queue: Promise<void> = Promise.resolve();
  /** the end of each session's newest run */
  readonly #ends = new Map<string, Promise<void>>();

  constructor(private readonly stream: RunningStream) {}

  get isHeld(): boolean {
    return this.#hold.isHeld;
  }

  get encoderProcessId(): number | undefined {
    return this.#session?.encoderProcessId;
  }

  /** A newer session: it is run once the one before it is brought to its end. */
  add(source: IngestSource): void {
    this.#hold.wake();
    this.#queue = this.#queue.then(() => this.#run(source)).catch((error: unknown) => this.#broke(source, error));
    this.#ends.set(source.recorderSession, this.#queue);
  }

  /**
   * The input of a stream whose output is held goes on into the journal; what is made of it begins anew where the hold ends.
   *
   * @returns false when it was so already
   */
  hold(isHeld: boolean): boolean {
    if (!this.#hold.set(isHeld)) {
      return false;
    }
    if (isHeld) {
      this.#cutForHold(this.#session);
    }
    return true;
  }

  /** Resolves once no encoder works on this recorder session. */
  async settled(recorderSession: string): Promise<void> {
    await this.#ends.get(recorderSession);
  }

  /** Resolves once all that was added is brought to its end, and settled. */
  async finish(): Promise<void> {
    this.#hold.wake();
    await this.#queue;
  }

  /** Ends what runs at once, without its last media. */
  async cancel(): Promise<void> {
    this.#hold.wake();
    await this.#session?.close();
    await this.#queue;
  }

  async #run(source: IngestSource): Promise<void> {
    const { stream } = this;
    await stream.output.sourceBegins();
    await stream.ports.journalTaken(stream.desired.streamId, source.recorderSession);
    let end: IngestSessionEnd = { reason: 'closed', message: 'its output was held' };
    for (let wasHeld = false; ; wasHeld = true) {
      wasHeld ||= this.#hold.isHeld;
      await this.#hold.over(() => stream.isWanted(source));
      if (wasHeld && (source.finished || !stream.isWanted(source))) {
        break;
      }
      this.#isCutForHold = false;
      end = await this.#runOnce(source, wasHeld);
      // The hold may be over by now: what counts is what ended the session.
      if (end.reason !== 'closed' || !this.#isCutForHold) {
        break;
      }
    }
    await this.#settle(source, end);
  }

  /** @param wasHeld what came in while the output was held is not shown */
  async #runOnce(source: IngestSource, wasHeld: boolean): Promise<IngestSessionEnd> {
    const { output, desired, ports, logger } = this.stream;
    const heldUntilMs = wasHeld ? source.newestContainerMs : null;
    const session = new IngestSession({
      source,
      profile: desired.profile,
      fixed: output.ladder,
      custom: desired.custom,
      mediaTime: await output.mediaTime(desired),
      ...(heldUntilMs === null
        ? { ...(await output.publishedBefore(source, desired)), shownBefore: output.publishedSpan }
        : { fromSeconds: heldUntilMs / 1000 }),
      onProbed: (probed) => this.stream.probed(source, probed),
      abilities: ports.abilities,
      ffprobePath: ports.ffprobePath,
      encoderStallMs: ports.encoderStallMs,
      logger,
      begin: (beginning) => output.begin(beginning, source, this.stream.desired),
      runEnded: async (packager) => {
        packager.finishSession();
        await output.recording.finish();
      },
      onEncoderRestart: () => ports.meter.encoderRestarted(),
      onMedia: () => this.stream.mediaArrived(),
    });
    this.#session = session;
    if (this.#hold.isHeld) {
      this.#cutForHold(session);
    }
    const end = await session.ended;
    this.#session = undefined;
    return end;
  }

  #cutForHold(session: IngestSession | undefined): void {
    this.#isCutForHold = session !== undefined;
    void session?.close();
  }

  async #settle(source: IngestSource, end: IngestSessionEnd): Promise<void> {
    const { output, ports, desired } = this.stream;
    await source.close();
    output.recording.sourceOver();
    if (end.reason === 'failed') {
      this.stream.failed(source, end.message);
    }
    // A journal outlives a session whose media did not all reach the disk, for the segments can be remade from it, and one
    // whose publisher may still send the rest.
    const isWhole = end.reason === 'finished' && !output.recording.hasFailed && !source.journalFailed;
    if (isWhole && source.finished) {
      await this.#deleteJournal(source);
    }
    ports.journalLeft(desired.streamId, source.recorderSession, isWhole ? source.appendedSequence : null);
  }

  /** One that cannot be deleted now is its keeper's, who tries again. */
  async #deleteJournal(source: IngestSource): Promise<void> {
    try {
      await source.deleteJournal();
    } catch (error) {
      const { recorderSession } = source;
      this.stream.logger.error(
        { err: error, recorderSession },
        'the journal of a recorder session could not be deleted',
      );
    }
  }

  /** What nobody foresaw costs this session alone: its journal stays, and the sessions after it are run. */
  async #broke(source: IngestSource, error: unknown): Promise<void> {
    const { desired, ports, logger } = this.stream;
    const { recorderSession } = source;
    logger.error({ err: error, recorderSession }, 'a recorder session broke off');
    this.stream.failed(source, 'the media could not be processed');
    await turnAway(source, logger, () => ports.journalLeft(desired.streamId, recorderSession, null));
  }
}
