import { encoderDemand, expectedDemand } from '../contract/encoder-demand';
import type { RenditionId } from '../contract/ladder';
import type { ObservedRecording } from '../contract/recording-state';
import type { DesiredStream, ObservedInput, ObservedStream } from '../contract/snapshots';
import { isFinal, type StreamHappening, type StreamState, transition } from '../contract/stream-state';
import type { IngestSource } from '../ingest/ingest-source';
import type { Logger } from '../logger';
import type { PlayableWindow } from '../origin/playable-stream';
import { GraceTimer } from './grace-timer';
import { IngressMeter } from './ingress-meter';
import { observedInput } from './observed-input';
import { SourceRuns } from './source-runs';
import { StreamFigures } from './stream-figures';
import { StreamOutput } from './stream-output';
import type { StreamPorts } from './stream-ports';

/** Between the end of one recorder and the hello of the next, as when a camera is changed. */
const handoverSeconds = 3;
/** How long a publisher that goes to another node may take to finish here. */
const farewellSeconds = 5;

/**
 * One stream on this node, from its assignment to its end: it keeps the state, runs one recorder session after the other
 * into its output, waits out the grace window, and closes everything at the end.
 */
export class LiveStream implements AsyncDisposable {
  #state: StreamState = 'created';
  #reason: string | undefined;
  #desired: DesiredStream;
  readonly #output: StreamOutput;
  #source: IngestSource | undefined;
  #startedAtMs: number | null = null;
  #bytesInBefore = 0;
  readonly #runs: SourceRuns;
  #ending: Promise<void> | undefined;
  readonly #grace = new GraceTimer(() => void this.#finishAs('grace-expired'));
  readonly #handover = new GraceTimer(() => this.publisherLost());
  /** its publisher was asked to move, and has not left yet */
  #isLeaving = false;
  readonly #farewell = new GraceTimer(() => this.#left());
  #hasPublisher = false;
  #isDisposed = false;
  #input: ObservedInput | undefined;
  readonly #figures: StreamFigures;
  readonly #ingress = new IngressMeter();
  readonly #logger: Logger;

  constructor(
    desired: DesiredStream,
    private readonly ports: StreamPorts,
  ) {
    this.#desired = desired;
    this.#logger = ports.logger.child({ streamId: desired.streamId });
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
      isWanted: (source) => this.#source === source && !this.isEnding && !this.#isDisposed,
      probed: (source, probed) => {
        this.#input = observedInput(source, probed);
      },
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
    return isFinal(this.#state) || this.#state === 'parked';
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
    return this.#state;
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

  get encoderLagMs(): number | null {
    return this.#source?.encoderLagMs() ?? null;
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
    if (desired.action === 'end' && desired.home !== undefined && this.#isLeaving) {
      if (!this.#farewell.isRunning) {
        this.#farewell.start(farewellSeconds);
      }
    } else if (desired.action === 'end' || desired.action === 'delete') {
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
      this.#happen('pause');
    } else if (this.#happen('unpause') && !this.#hasPublisher) {
      this.publisherLost();
    }
  }

  /** A new recorder session began; the one before it, if any, is brought to its end first. */
  offer(source: IngestSource): void {
    if (this.isEnding) {
      void source.close();
      return;
    }
    this.publisherConnected();
    void this.#source?.close();
    this.#bytesInBefore += this.#source?.bytesReceived() ?? 0;
    this.#source = source;
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
    this.#happen('publisher-connected');
    if (this.#runs.isHeld) {
      this.#happen('pause');
    }
  }

  /** The publisher's connection is gone; it is waited for as long as the owner wished. `reason` is for the broadcaster. */
  publisherLost(reason?: string): void {
    if (this.#ending !== undefined) {
      return;
    }
    this.#reason = reason ?? this.#reason;
    this.#hasPublisher = false;
    this.#left();
    if (!this.#runs.isHeld && this.#happen('publisher-lost')) {
      this.#grace.start(this.#desired.graceSeconds);
    }
  }

  /** The recorder was stopped in good order; another one follows at once, or the publisher is as good as gone. */
  publisherFinished(): void {
    if (this.#ending === undefined) {
      this.#handover.start(handoverSeconds);
      this.#left();
    }
  }

  /** by which way its newest publisher came */
  get ingestKind(): IngestSource['ingestKind'] | undefined {
    return this.#source?.ingestKind;
  }

  /** Its publisher was asked to go to another node: it is let finish its session here when the web has moved the stream. */
  publisherAskedToMove(): void {
    this.#isLeaving = this.#state === 'live' || this.#state === 'connecting';
  }

  #left(): void {
    if (this.#isLeaving) {
      this.#isLeaving = false;
      this.applyDesired(this.#desired);
    }
  }

  observe(nowMs: number, traffic: { foreignViewers: number; bytesOut: number }) {
    const bytesIn = this.#bytesInBefore + (this.#source?.bytesReceived() ?? 0);
    return {
      streamId: this.streamId,
      epoch: this.epoch,
      state: this.#state,
      ...(this.#reason !== undefined && { reason: this.#reason }),
      ...traffic,
      encoderLagMs: this.#source?.encoderLagMs() ?? null,
      bytesIn,
      ingressKbps: this.#ingress.kbps(bytesIn, nowMs),
      liveEdgeMs: this.#output.edge.eventTimeMs,
      startedAtMs: this.#startedAtMs,
      renditions: [...(this.#output.ladder?.renditions ?? [])],
      recording: this.#output.recording.observed,
      ...this.#figures.read(nowMs, bytesIn, this.#runs.encoderProcessId),
      ...(this.#input && { input: this.#input }),
    } satisfies ObservedStream;
  }

  #sourceFailed(source: IngestSource, message: string): void {
    if (this.#source === source) {
      this.#reason = message;
      this.ports.refusePublisher(this.streamId, 'bad_media', message);
      this.publisherLost();
    }
  }

  /** The disk is nearly full. */
  async stopRecording(): Promise<void> {
    await this.#output.recording.stop();
  }

  #mediaArrived(): void {
    this.#startedAtMs ??= this.ports.clock.nowMs();
    if (this.#state !== 'live') {
      this.#reason = undefined;
      this.#happen('media-arrived');
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
    this.#farewell.stop();
    const hasMovedOn = this.#desired.home !== undefined;
    if (hasMovedOn) {
      this.ports.refusePublisher(this.streamId, 'replaced', 'the stream was taken over at another node');
    } else {
      this.ports.refusePublisher(this.streamId, 'stream_ended', 'the stream was ended');
    }
    await this.#source?.close();
    await this.#runs.finish();
    // Who watches a stream that moved must not hear that it is over.
    if (happening !== 'park' && !hasMovedOn) {
      this.#output.end();
    }
    this.#happen(happening);
    void this.#dealWithJournals();
    this.#logger.info({ happening, sessions: this.#output.sessionCount }, 'the stream is over here');
  }

  async #dealWithJournals(): Promise<void> {
    await this.ports.streamOver(this.streamId);
    // The rest of what is recorded may still come, and is made alike.
    if (isFinal(this.#state) && !this.#desired.record) {
      await this.#output.forget();
    }
  }

  #happen(happening: StreamHappening): boolean {
    const next = transition(this.#state, happening);
    if (next === null) {
      return false;
    }
    if (next !== this.#state) {
      this.#logger.info({ from: this.#state, to: next, happening }, 'stream state');
      this.#state = next;
      this.ports.changed();
    }
    return true;
  }

  /** Lets go of everything at once, as a node that stops does; journals and takes stay on disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#grace.stop();
    this.#handover.stop();
    this.#farewell.stop();
    this.#isDisposed = true;
    await this.#source?.close();
    await this.#runs.cancel();
    await this.#output[Symbol.asyncDispose]();
  }
}
