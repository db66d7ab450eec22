import type { RenditionId } from '../contract/ladder';
import type { ObservedRecording } from '../contract/recording-state';
import type { IngestSource } from '../ingest/ingest-source';
import type { Logger } from '../logger';
import type { StreamPackager } from '../packager/stream-packager';
import { StreamRecorder } from '../recorder/stream-recorder';
import type { StreamPorts } from './stream-ports';

const words = {
  refused: 'This is not recorded: the disk of its node is nearly full. The live stream goes on.',
  short:
    'The recording stopped: the disk of its node is nearly full. The live stream goes on, and what follows is recorded ' +
    'after its end if there is room by then.',
  failed:
    'The recording stopped: it could not be written to the disk. The live stream goes on, and what follows is recorded ' +
    'after its end if the disk takes it by then.',
} as const;

/** The grid lies half a frame beside the source's times at most; this is more. */
const releaseMarginSeconds = 1;

/** What a recording must know of the source that it is made of. */
export type RecordedSource = Pick<IngestSource, 'streamId' | 'recorderSession' | 'release'>;

/** What is recorded of a stream, one recorder session after the other. */
export class SessionRecording {
  #recorder: StreamRecorder | undefined;
  /** the take of the running session could not be written to its end */
  #hasFailed = false;
  #observed: ObservedRecording = { state: 'off', reason: null };

  constructor(
    private readonly ports: Pick<StreamPorts, 'recordings' | 'disk' | 'changed'>,
    private readonly logger: Logger,
  ) {}

  get observed(): ObservedRecording {
    return this.#observed;
  }

  /** Nothing is recorded now, nor will be made of what comes in now. */
  get isOff(): boolean {
    return this.#observed.state === 'off' || this.#observed.state === 'refused';
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Another recorder session comes. */
  sourceBegins(): void {
    this.#hasFailed = false;
  }

  sourceOver(): void {
    this.#recorder = undefined;
  }

  /**
   * A session of the packager is about to begin; a disk that is nearly full takes no new recording.
   *
   * @param session.renditionIds what the source feeds
   * @param session.originSeconds media time of the source's time zero
   */
  begin(
    packager: StreamPackager,
    source: RecordedSource,
    wanted: { record: boolean; epoch: number },
    session: { renditionIds: readonly RenditionId[]; originSeconds: number },
  ): void {
    this.#recorder = undefined;
    if (!wanted.record) {
      this.#observed = { state: 'off', reason: null };
      return;
    }
    if (this.#hasFailed) {
      // Another encoder of the same session: what follows the take comes from the journal, in one piece.
      return;
    }
    if (!this.ports.disk.takesRecordings) {
      this.#observed = { state: 'refused', reason: words.refused };
      this.logger.warn('no recording: the disk is nearly full');
      return;
    }
    this.#observed = { state: 'on', reason: null };
    const { streamId, recorderSession } = source;
    this.#recorder = new StreamRecorder({
      ...{ packager, recordings: this.ports.recordings, streamId, epoch: wanted.epoch, recorderSession },
      ...session,
      onFailed: (error) => {
        this.logger.error({ reason: error.message }, 'the take was given up');
        this.#stopped(words.failed);
      },
      onStored: (endSeconds) => {
        if (!this.#hasFailed) {
          source.release((endSeconds - session.originSeconds - releaseMarginSeconds) * 1000);
        }
      },
    });
  }

  /** The session of the packager is over: resolves once all of it is stored. */
  async finish(): Promise<void> {
    await this.#recorder?.finish();
  }

  /** The disk is nearly full: the take is closed whole. What follows stays in the journal until there is room. */
  async stop(): Promise<void> {
    if (this.#observed.state === 'on' && this.#recorder !== undefined) {
      this.#stopped(words.short);
      await this.#recorder.finish();
    }
  }

  #stopped(reason: string): void {
    this.#hasFailed = true;
    this.#observed = { state: 'stopped', reason };
    this.ports.changed();
  }
}
