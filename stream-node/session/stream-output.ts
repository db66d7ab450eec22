import type { RenditionId } from '../contract/ladder';
import { targetDurationOf, targetDurationSeconds } from '../contract/profiles';
import type { DesiredStream } from '../contract/snapshots';
import type { IngestSource } from '../ingest/ingest-source';
import type { Logger } from '../logger';
import type { PlayableWindow } from '../origin/playable-stream';
import { type PublishedSpan, StreamPackager } from '../packager/stream-packager';
import { publishedMedia } from '../store/published-media';
import { StreamLedger } from '../store/stream-ledger';
import { type FixedLadder, leastOutputOffsetSeconds, plannedRenditions } from '../transcode/transcode-plan';
import type { SessionBeginning } from './ingest-session';
import { KeptForRewind, memorySeconds, windowSecondsOf } from './kept-for-rewind';
import { LiveEdge } from './live-edge';
import { mediaOriginOfMoved, mediaOriginOfSession, type StreamMediaTime } from './media-time';
import type { SessionSurroundings } from './session-place';
import { type RecordedSource, SessionRecording } from './session-recording';
import type { StreamPorts } from './stream-ports';

/** What a restarted node publishes again of a stream that is not recorded: as much as a live playlist holds at least, in target durations. */
const replayedUnrecordedTargets = 3;

/** Far more than a restarted node publishes again of what is not recorded. */
const unrecordedHeldSeconds = 60;

/**
 * All that is made of one stream on this node: one packager for all its recorder sessions, what is recorded of it, and what
 * is kept of it for those who go back.
 */
export class StreamOutput implements AsyncDisposable {
  readonly recording: SessionRecording;
  readonly edge = new LiveEdge();
  #packager: StreamPackager | undefined;
  /** what the first session fixed for all later ones, also those of an earlier process */
  #ladder: FixedLadder | undefined;
  #keptForRewind: KeptForRewind | undefined;
  #sessionCount = 0;
  #source: RecordedSource | undefined;
  /** media time of its time zero, in seconds */
  #originSeconds = leastOutputOffsetSeconds;
  /** end of what was published of each rendition, in seconds of media time */
  readonly #reached = new Map<RenditionId, number>();
  readonly #ledger: Promise<StreamLedger>;

  constructor(
    streamId: string,
    private readonly ports: StreamPorts,
    private readonly logger: Logger,
  ) {
    this.recording = new SessionRecording(ports, logger);
    this.#ledger = StreamLedger.open(ports.dataDirectory, streamId);
  }

  /** `undefined` until the first session is planned */
  get ladder(): FixedLadder | undefined {
    return this.#ladder;
  }

  get renditions(): readonly RenditionId[] {
    return this.#packager === undefined ? [] : (this.#ladder?.renditions.map(({ id }) => id) ?? []);
  }

  window(renditionId: RenditionId): PlayableWindow | undefined {
    return this.#packager?.window(renditionId);
  }

  /** Media of the live windows, in bytes. */
  get heldBytes(): number {
    return this.renditions.reduce((sum, id) => sum + (this.#packager?.window(id)?.heldBytes ?? 0), 0);
  }

  /** How many encoders have filled it. */
  get sessionCount(): number {
    return this.#sessionCount;
  }

  /** Another recorder session comes. */
  async sourceBegins(): Promise<void> {
    this.recording.sourceBegins();
    const { entry } = await this.#ledger;
    this.#ladder ??= entry && { renditions: entry.renditions, cut: entry.cut };
  }

  /** An encoder is about to start: gives the packager to fill, with a session of it begun. */
  async begin(
    { plan, timeline, startSeconds }: SessionBeginning,
    source: RecordedSource,
    desired: DesiredStream,
  ): Promise<StreamPackager> {
    this.#ladder ??= { renditions: plannedRenditions(plan), cut: plan.cut };
    const ledger = await this.#ledger;
    this.#packager ??= this.#newPackager(this.#ladder, ledger, desired);
    this.#source = source;
    const { originSeconds } = timeline;
    this.#originSeconds = originSeconds;
    this.#noteReached();
    const renditionIds = plannedRenditions(plan).map(({ id }) => id);
    this.recording.begin(this.#packager, source, desired, { renditionIds, originSeconds });
    this.#packager.startSession({ sessionIndex: this.#sessionCount, timeline, startSeconds });
    this.#sessionCount += 1;
    const { nextMediaSequence, discontinuityNumber } = this.#packager;
    // Before anything of the session is published.
    const entry = { ...this.#ladder, renditions: [...this.#ladder.renditions], nextMediaSequence, discontinuityNumber };
    const zeroMs = timeline.eventTimeMs(originSeconds);
    const mediaOriginMs = this.#mediaOriginMs(desired, ledger) ?? mediaOriginOfSession(zeroMs, originSeconds);
    const { record, graceSeconds } = desired;
    await ledger
      .begin({ ...entry, record, graceSeconds, mediaOriginMs })
      .catch((error: Error) => this.#ledgerFailed(error));
    return this.#packager;
  }

  /** What the media times of the next session must fit to. */
  async mediaTime(desired: DesiredStream): Promise<StreamMediaTime> {
    this.#noteReached();
    return { originMs: this.#mediaOriginMs(desired, await this.#ledger), reached: this.#reached };
  }

  /** What viewers were shown last; `undefined` before the first part of this process. */
  get publishedSpan(): PublishedSpan | undefined {
    return this.#packager?.publishedSpan();
  }

  /** What an earlier process made of this source: it is not made again. */
  async publishedBefore(
    source: IngestSource,
    { streamId, record }: Pick<DesiredStream, 'streamId' | 'record'>,
  ): Promise<Pick<SessionSurroundings, 'publishedBefore' | 'fromSeconds'>> {
    if (source.recoveredContainerMs === null) {
      return {};
    }
    if (record) {
      const takes = await this.ports.recordings.takesOf(streamId);
      return { publishedBefore: publishedMedia(takes, source.recorderSession) };
    }
    // Nothing tells how far it was: viewers need a playlist, and nobody needs what is older.
    const targetSeconds = this.#ladder === undefined ? targetDurationSeconds : targetDurationOf(this.#ladder.cut);
    const seconds = source.recoveredContainerMs / 1000 - replayedUnrecordedTargets * targetSeconds;
    return seconds > 0 && this.#ladder !== undefined ? { fromSeconds: seconds } : {};
  }

  /** The stream is over: players are told that nothing follows. */
  end(): void {
    this.#packager?.end();
  }

  /** Nothing will ever be published of the stream again. */
  async forget(): Promise<void> {
    await (await this.#ledger).remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#packager?.[Symbol.dispose]();
    await this.#keptForRewind?.[Symbol.asyncDispose]();
  }

  /** A stream that had another node before counts as that one and all later ones do, also where it had been here earlier. */
  #mediaOriginMs({ epoch, startedAtMs }: DesiredStream, ledger: StreamLedger): number | undefined {
    const wasMoved = epoch > 1 && startedAtMs !== undefined;
    return wasMoved ? mediaOriginOfMoved(startedAtMs) : ledger.entry?.mediaOriginMs;
  }

  #noteReached(): void {
    for (const [id, seconds] of this.#packager?.publishedEnds() ?? []) {
      this.#reached.set(id, Math.max(this.#reached.get(id) ?? 0, seconds));
    }
  }

  #newPackager(ladder: FixedLadder, ledger: StreamLedger, desired: DesiredStream): StreamPackager {
    const packager = new StreamPackager({
      ...ladder,
      publishedBefore: ledger.entry,
      dvrWindowSeconds: windowSecondsOf(desired, ladder.cut),
      memorySeconds,
      windowBytesMax: this.ports.windowBytesMax,
      // A stream that left this node and came back has another epoch, and must not name other media alike.
      uriPrefix: `${this.ports.uriPrefix}${desired.epoch}`,
      clock: this.ports.clock,
    });
    packager.on('part', ({ rendition, part }) => {
      const segment = packager.window(rendition.id)?.snapshot().segments.at(-1);
      const isNewest = this.edge.published(part, segment, this.ports.clock.nowMs());
      const latencyMs = isNewest ? this.edge.publishLatencyMs : null;
      this.ports.meter.partPublished(latencyMs === null ? null : latencyMs / 1000);
      ledger.published(part.mediaSequence, (error) => this.#ledgerFailed(error));
    });
    packager.on('segment', () => this.#releaseUnrecorded(packager));
    this.#keptForRewind = new KeptForRewind(packager, ladder, desired, this.ports, this.logger);
    return packager;
  }

  /** What is not recorded is needed only to go on with after a crash. */
  #releaseUnrecorded(packager: StreamPackager): void {
    const ends = packager.publishedEnds();
    if (this.recording.isOff && packager.renditionIds.every((id) => ends.has(id))) {
      const seconds = Math.min(...ends.values()) - this.#originSeconds - unrecordedHeldSeconds;
      this.#source?.release(seconds * 1000);
    }
  }

  /** A disk that is full ends no live stream; only a restart would then be seen by players. */
  #ledgerFailed(error: Error): void {
    this.logger.error({ reason: error.message }, 'the ledger of a stream could not be written');
  }
}
