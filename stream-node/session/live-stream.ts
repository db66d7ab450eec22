import { encoderDemand, expectedDemand } from '../contract/encoder-demand';
import type { RenditionId } from '../contract/ladder';
import type { ObservedRecording } from '../contract/recording-state';
import type { DesiredStream, ObservedStream } from '../contract/snapshots';
import { isFinal, type StreamState } from '../contract/stream-state';
import type { IngestSource } from '../ingest/ingest-source';
import type { Logger } from '../logger';
import type { PlayableWindow } from '../origin/playable-stream';
import { Farewell } from './farewell';
import { GraceTimer } from './grace-timer';
import { SourceRuns } from './source-runs';
import { StreamCourse } from './stream-course';
import { StreamFigures } from './stream-figures';
import { StreamIntake } from './stream-intake';
import { StreamOutput } from './stream-output';
import type { StreamPorts } from './stream-ports';
import { turnAway } from './turn-away';

/** Between the end of one recorder and the hello of the next, as when a camera is changed. */
const handoverSeconds = 3;

/**
 * One stream on this node, from its assignment to its end: it keeps the state, runs one recorder session after the other
 * into its output, waits out the grace window, and closes everything at the end.
 */
export class LiveStream implements AsyncDisposable {
  #desired: DesiredStream;
  readonly #logger: Logger;
  readonly #course: StreamCourse;
  readonly #intake = new StreamIntake();
  readonly #output: StreamOutput;
  readonly #runs: SourceRuns;
  readonly #figures: StreamFigures;
  readonly #grace = new GraceTimer(() => void this.#finishAs('grace-expired'));
  readonly #handover = new GraceTimer(() => this.publisherLost());
  readonly #farewell = new Farewell(() => this.applyDesired(this.#desired));
  #hasPublisher = false;
  #startedAtMs: number | null = null;
  #ending: Promise<void> | undefined;
  #isDisposed = false;

  constructor(
    desired: DesiredStream,
    private readonly ports: StreamPorts,
  ) {
    this.#desired = desired;
    this.#logger = ports.logger.child({ streamId: desired.streamId });
    this.#course = new StreamCourse(this.#logger, () => ports.changed());
    this.#output = new StreamOutput(desired.streamId, ports, this.#logger);
    this.#figures = new StreamFigures(ports.clock.nowMs());
    this.#runs = this.#newRuns();
    this.#runs.hold(desired.action === 'pause');
  }

  #newRuns(): SourceRuns {
    const desired = () => this.#desired;
    return new SourceRuns({
      get desired() {
        return desired();
      },
      ...{ output: this.#output, ports: this.ports, logger: this.#logger },
      isWanted: (source) => this.#intake.source === source && !this.isEnding && !this.#isDisposed,
      probed: (source, probed) => this.#intake.probed(source, probed),
      mediaArrived: () => this.#mediaArrived(),
      failed: (source, message) => this.#sourceFailed(source, message),
    });
  }

  get streamId(): string {
    return this.#desired.streamId;
  }

  get epoch(): number {
    return this.#desired.epoch;
  }

  get desired(): DesiredStream {
    return this.#desired;
  }

  /** Its last media is stored, and it takes no more; a parked one may be resumed, here or elsewhere, in a higher epoch. */
  get isOver(): boolean {
    return this.#course.isOver;
  }

  /** It is over here, or will be as soon as its last media is stored. */
  get isEnding(): boolean {
    return this.isOver || this.#ending !== undefined;
  }

  /** It is over here because another node has it now. */
  get hasMovedOn(): boolean {
    return this.isEnding && this.#desired.home !== undefined;
  }

  get state(): StreamState {
    return this.#course.state;
  }

  /** What its encoder takes, in hundredths of an encoder slot; as is expected until its source is known. */
  get encoderPercent(): number {
    const { ladder } = this.#output;
    return ladder === undefined ? expectedDemand(this.#desired) : encoderDemand(ladder.renditions);
  }

  get renditions(): readonly RenditionId[] {
    return this.#output.renditions;
  }

  window(renditionId: RenditionId): PlayableWindow | undefined {
    return this.#output.window(renditionId);
  }

  /** Media of the live windows, in bytes. */
  get heldBytes(): number {
    return this.#output.heldBytes;
  }

  /** by which way its newest publisher came */
  get ingestKind(): IngestSource['ingestKind'] | undefined {
    return this.#intake.source?.ingestKind;
  }

  get encoderLagMs(): number | null {
    return this.#intake.source?.encoderLagMs() ?? null;
  }

  get recording(): ObservedRecording {
    return this.#output.recording.observed;
  }

  /** Capture to published part of the newest part, in milliseconds. */
  get publishLatencyMs(): number | null {
    return this.#output.edge.publishLatencyMs;
  }

  /** A newer word of the web; an end is carried out, anything else is kept for the next session. */
  applyDesired(desired: DesiredStream): void {
    this.#desired = desired;
    if (this.#farewell.holdsBack(desired)) {
      return;
    }
    if (desired.action === 'end' || desired.action === 'delete') {
      void this.#finishAs('end');
    } else if (desired.action === 'park') {
      void this.#finishAs('park');
    } else if (!this.isEnding) {
      this.#holdOutput(desired.action === 'pause');
    }
  }

  #holdOutput(isHeld: boolean): void {
    if (!this.#runs.hold(isHeld)) {
      return;
    }
    if (isHeld) {
      this.#grace.stop();
      this.#course.happen('pause');
    } else if (this.#course.happen('unpause') && !this.#hasPublisher) {
      this.publisherLost();
    }
  }

  /** A new recorder session began; the one before it, if any, is brought to its end first. */
  offer(source: IngestSource): void {
    if (this.isEnding) {
      const { streamId, recorderSession } = source;
      void turnAway(source, this.#logger, () => this.ports.journalLeft(streamId, recorderSession, null));
      return;
    }
    this.publisherConnected();
    void this.#intake.source?.close();
    this.#intake.begin(source);
    this.#runs.add(source);
  }

  /** Resolves once no encoder works on this recorder session. */
  async settled(recorderSession: string): Promise<void> {
    await this.#runs.settled(recorderSession);
  }

  publisherConnected(): void {
    this.#grace.stop();
    this.#handover.stop();
    this.#hasPublisher = true;
    this.#course.happen('publisher-connected');
    if (this.#runs.isHeld) {
      this.#course.happen('pause');
    }
  }

  /** The publisher's connection is gone; it is waited for as long as the owner wished. `reason` is for the broadcaster. */
  publisherLost(reason?: string): void {
    if (this.#ending !== undefined) {
      return;
    }
    this.#course.reason = reason ?? this.#course.reason;
    this.#hasPublisher = false;
    this.#farewell.left();
    if (!this.#runs.isHeld && this.#course.happen('publisher-lost')) {
      this.#grace.start(this.#desired.graceSeconds);
    }
  }

  /** The recorder was stopped in good order; another one follows at once, or the publisher is as good as gone. */
  publisherFinished(): void {
    if (this.#ending === undefined) {
      this.#handover.start(handoverSeconds);
      this.#farewell.left();
    }
  }

  /** Its publisher was asked to go to another node: it is let finish its session here when the web has moved the stream. */
  publisherAskedToMove(): void {
    this.#farewell.begin(this.state === 'live' || this.state === 'connecting');
  }

  observe(nowMs: number, traffic: { foreignViewers: number; bytesOut: number }) {
    const intake = this.#intake.observe(nowMs);
    const { state, reason } = this.#course;
    return {
      streamId: this.streamId,
      epoch: this.epoch,
      state,
      ...(reason !== undefined && { reason }),
      ...traffic,
      ...intake,
      liveEdgeMs: this.#output.edge.eventTimeMs,
      startedAtMs: this.#startedAtMs,
      renditions: [...(this.#output.ladder?.renditions ?? [])],
      recording: this.#output.recording.observed,
      ...this.#figures.read(nowMs, intake.bytesIn, this.#runs.encoderProcessId),
    } satisfies ObservedStream;
  }

  #sourceFailed(source: IngestSource, message: string): void {
    if (this.#intake.source === source) {
      this.#course.reason = message;
      this.ports.refusePublisher(this.streamId, 'bad_media', message);
      this.publisherLost();
    }
  }

  /** The disk is nearly full. */
  async stopRecording(): Promise<void> {
    await this.#output.recording.stop();
  }

  #mediaArrived(): void {
    // Not when it was published: who goes back to the very beginning is at a time before that.
    this.#startedAtMs ??= this.#output.publishedSpan?.fromMs ?? this.ports.clock.nowMs();
    if (this.state !== 'live') {
      this.#course.reason = undefined;
      this.#course.happen('media-arrived');
    }
  }

  /** Brings the stream to an end, once: the last media is published and stored before the state says so. */
  #finishAs(happening: 'end' | 'grace-expired' | 'park'): Promise<void> {
    if (this.isOver) {
      return Promise.resolve();
    }
    this.#ending ??= this.#finish(happening).finally(() => {
      this.#ending = undefined;
    });
    return this.#ending;
  }

  async #finish(happening: 'end' | 'grace-expired' | 'park'): Promise<void> {
    this.#grace.stop();
    this.#handover.stop();
    this.#farewell[Symbol.dispose]();
    const hasMovedOn = this.#desired.home !== undefined;
    if (hasMovedOn) {
      this.ports.refusePublisher(this.streamId, 'replaced', 'the stream was taken over at another node');
    } else {
      this.ports.refusePublisher(this.streamId, 'stream_ended', 'the stream was ended');
    }
    await this.#intake.source?.close();
    await this.#runs.finish();
    // Who watches a stream that moved must not hear that it is over.
    if (happening !== 'park' && !hasMovedOn) {
      this.#output.end();
    }
    this.#course.happen(happening);
    this.#dealWithJournals().catch((error: unknown) =>
      this.#logger.error({ err: error }, 'the journals of a stream that is over could not be dealt with'),
    );
    this.#logger.info({ happening, sessions: this.#output.sessionCount }, 'the stream is over here');
  }

  async #dealWithJournals(): Promise<void> {
    await this.ports.streamOver(this.streamId);
    // The rest of what is recorded may still come, and is made alike.
    if (isFinal(this.state) && !this.#desired.record) {
      await this.#output.forget();
    }
  }

  /** Lets go of everything at once, as a node that stops does; journals and takes stay on disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#grace.stop();
    this.#handover.stop();
    this.#farewell[Symbol.dispose]();
    this.#isDisposed = true;
    await this.#intake.source?.close();
    await this.#runs.cancel();
    await this.#output[Symbol.asyncDispose]();
  }
}
