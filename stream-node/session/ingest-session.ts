import type { Readable } from 'node:stream';
import type { CustomOutput } from '../contract/custom-output';
import { codecOf, type RenditionId } from '../contract/ladder';
import type { LatencyProfile } from '../contract/profiles';
import type { IngestSource } from '../ingest/ingest-source';
import type { Logger } from '../logger';
import type { StreamPackager } from '../packager/stream-packager';
import type { Timeline } from '../packager/timeline';
import { FittingBytes, planCopy } from '../transcode/copy-plan';
import type { FfmpegAbilities } from '../transcode/ffmpeg-abilities';
import type { ProbedSource } from '../transcode/probed-source';
import { probeSource, SourceProbeError } from '../transcode/source-probe';
import { type FixedLadder, plannedRenditions, planTranscode, type TranscodePlan } from '../transcode/transcode-plan';
import { EncoderRun } from './encoder-run';
import { RestartBudget } from './restart-budget';
import { placeSession, type SessionSurroundings } from './session-place';

export type IngestSessionEnd = {
  /** `finished`: everything the source gave is published; `failed`: with the reason in words for the broadcaster */
  readonly reason: 'finished' | 'failed' | 'closed';
  readonly message: string;
};

/** One ffmpeg is about to start. */
export type SessionBeginning = {
  readonly plan: TranscodePlan;
  readonly timeline: Timeline;
  /** media time at which it goes on; `undefined` at the source's own beginning */
  readonly startSeconds: number | undefined;
};

export type IngestSessionOptions = SessionSurroundings & {
  source: IngestSource;
  profile: LatencyProfile;
  fixed: FixedLadder | undefined;
  /** what was ordered of the stream, where it is not planned from the source */
  custom?: CustomOutput | undefined;
  abilities: FfmpegAbilities;
  ffprobePath: string;
  /** how long ffmpeg may put out nothing while media arrives, in milliseconds */
  encoderStallMs: number;
  /** of ffmpeg; above 0 it makes way for live encoding */
  niceness?: number;
  logger: Logger;
  /** Gives the packager to fill, with a session of it begun. Called for each ffmpeg: again after one that crashed. */
  begin: (beginning: SessionBeginning) => Promise<StreamPackager>;
  /** An ffmpeg is gone: closes the session of the packager, and resolves once that is stored. */
  runEnded: (packager: StreamPackager) => Promise<void>;
  /** Another ffmpeg takes the place of one that crashed or stalled. */
  onEncoderRestart?: () => void;
  onProbed?: (probed: ProbedSource) => void;
  /** Called with every fragment that was published. */
  onMedia: () => void;
};

/** How often the timeline hears of a better estimate of the publisher's clock, in milliseconds. */
const clockCheckMs = 1000;

/**
 * One recorder session on its way through the node: source → probe → ffmpeg → fragments → packager. It begins a session of
 * the packager once the source is known, and ends when ffmpeg has put out everything. An ffmpeg that crashes or stalls is
 * replaced by another one that goes on exactly where the published media ends.
 *
 * Only the first ffmpeg of a session copies a picture that fits, for what is copied can begin at a keyframe alone. The ones that
 * take its place, also where the source has stopped to fit, encode it, and so begin with the very next frame.
 */
export class IngestSession implements AsyncDisposable {
  /** never rejects */
  readonly ended: Promise<IngestSessionEnd>;
  readonly #abort = new AbortController();
  /** the stream that the source is read by now */
  #reading: Readable | undefined;
  #run: EncoderRun | undefined;

  constructor(private readonly options: IngestSessionOptions) {
    this.ended = this.#runAll()
      .catch((error: unknown) => this.#failure(error))
      .finally(() => this.#reading?.destroy());
  }

  /** of the ffmpeg that runs */
  get encoderProcessId(): number | undefined {
    return this.#run?.processId;
  }

  /** Stops at once; what ffmpeg still holds is lost, the journal is not. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#run?.close();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #runAll(): Promise<IngestSessionEnd> {
    const { source, logger, publishedBefore } = this.options;
    const { plan: planned, probed, bytes } = await this.#plan();
    const fromSeconds = this.options.fromSeconds ?? heldFromSeconds(source, planned);
    const surroundings = { ...this.options, fromSeconds };
    const { plan, timeline, begins } = placeSession(planned, await source.firstSampleEventTimeMs, surroundings);
    const ends = new Map(begins);
    const isWhole = publishedBefore === undefined && fromSeconds === undefined;
    const budget = new RestartBudget();
    const shiftMs = plan.gridShiftSeconds * 1000;
    const clockCheck = setInterval(() => followClock(source, timeline, shiftMs), clockCheckMs);
    try {
      // A beginning at a time of its own needs an encoder.
      const whole = isWhole && ends.size === 0 ? await this.#copying(plan, probed, bytes) : { plan, bytes };
      const again = () => ({ plan, bytes: this.#read(ends, plan) });
      for (let next = isWhole ? whole : again(); ; next = again()) {
        const { reason, message, madeProgress, misfit } = await this.#runOnce(next, timeline, ends);
        const copiesBest = next.plan.copiesBest === true;
        logger.info({ renditions: plannedRenditions(plan).map(({ id }) => id), copiesBest, reason }, 'ffmpeg ended');
        if (reason === 'killed' || this.#abort.signal.aborted) {
          return closedEnd;
        }
        if (misfit !== null) {
          logger.info({ misfit }, 'the best picture is encoded from here on');
          continue;
        }
        if (reason === 'finished') {
          return { reason, message };
        }
        if (!budget.mayRestart(madeProgress, performance.now())) {
          return { reason, message };
        }
        logger.warn({ reason: message }, 'ffmpeg is started again where the published media ends');
        this.options.onEncoderRestart?.();
      }
    } finally {
      clearInterval(clockCheck);
    }
  }

  /** Always from the source's first bytes: the first frame fixes the grid that all others lie on. */
  async #plan(): Promise<{ plan: TranscodePlan; probed: ProbedSource; bytes: Readable }> {
    const { source, profile, fixed, custom, abilities, ffprobePath } = this.options;
    this.#reading = source.read();
    const { probed, bytes } = await probeSource({
      bytes: this.#reading,
      container: source.container,
      hasVideo: source.hasVideo,
      hasAudio: source.hasAudio,
      hint: { frameRate: source.hint.frameRate },
      ffprobePath,
      signal: this.#abort.signal,
    });
    this.options.onProbed?.(probed);
    const { container, timestampBaseSeconds } = source;
    const plan = planTranscode({ container, timestampBaseSeconds, probed, profile, custom, ...(fixed && { fixed }) });
    const missing = plannedRenditions(plan)
      .map(codecOf)
      .find((codec) => !abilities.codecs.includes(codec));
    if (missing !== undefined) {
      throw new RangeError(`this server has no encoder for ${missing}, which the stream is made of`);
    }
    return { plan, probed, bytes };
  }

  /** What was ordered is encoded as it was ordered; else the best picture is copied where it fits. */
  async #copying(plan: TranscodePlan, probed: ProbedSource, bytes: Readable) {
    if (this.options.custom !== undefined) {
      return { plan, bytes };
    }
    const answer = await planCopy({ plan, probed, bytes, signal: this.#abort.signal });
    if (plan.container === 'flv' && plan.video.length > 0) {
      this.options.logger.info({ misfit: answer.misfit }, 'looked whether the best picture can be copied');
    }
    return answer;
  }

  /** The source from a keyframe before the point at which every rendition goes on. */
  #read(ends: ReadonlyMap<RenditionId, number>, plan: TranscodePlan): Readable {
    this.#reading = this.options.source.read(resumeAtMs(ends, plan));
    return this.#reading;
  }

  /** @param ends how far each rendition is published; brought up to date */
  async #runOnce(
    { plan, bytes: input }: { plan: TranscodePlan; bytes: Readable },
    timeline: Timeline,
    ends: Map<RenditionId, number>,
  ) {
    const { abilities, encoderStallMs, niceness = 0, onMedia } = this.options;
    const startSeconds = gridStartSeconds(ends, plan, timeline);
    const packager = await this.options.begin({ plan, timeline, startSeconds });
    const fitting = plan.copiesBest ? new FittingBytes(input, plan) : null;
    const bytes = fitting?.bytes ?? input;
    try {
      const run = await EncoderRun.start({
        ...{ bytes, plan, abilities, niceness, beginAtSeconds: ends, noOutputTimeoutMs: encoderStallMs },
        ...{ packager, onMedia, streamId: this.options.source.streamId },
      });
      this.#run = run;
      if (this.#abort.signal.aborted) {
        await run.close();
      }
      const end = await run.ended;
      return { ...end, misfit: fitting?.misfit ?? null, madeProgress: packager.publishedEnds().size > 0 };
    } finally {
      await this.options.runEnded(packager);
      for (const [id, seconds] of packager.publishedEnds()) {
        ends.set(id, seconds);
      }
    }
  }

  #failure(error: unknown): IngestSessionEnd {
    if (this.#abort.signal.aborted) {
      return closedEnd;
    }
    const isTold = error instanceof SourceProbeError || error instanceof RangeError;
    const message = error instanceof Error ? error.message : String(error);
    this.options.logger.warn({ reason: message }, 'a recorder session failed');
    return { reason: 'failed', message: isTold ? message : 'the media could not be processed' };
  }
}

const closedEnd: IngestSessionEnd = { reason: 'closed', message: 'the session was closed' };

/**
 * The container time from which media is needed, in milliseconds: where the rendition that is furthest behind goes on.
 * `undefined`, everything, while one of the planned renditions has nothing at all.
 */
function resumeAtMs(ends: ReadonlyMap<RenditionId, number>, plan: TranscodePlan): number | undefined {
  const planned = plannedRenditions(plan).map(({ id }) => ends.get(id) ?? 0);
  const seconds = Math.min(...planned) - plan.outputOffsetSeconds - plan.gridShiftSeconds;
  return seconds <= 0 ? undefined : seconds * 1000;
}

/** A rendition without media is as good as silent when the others have so much more, in segments. */
const silentSegments = 2;

/**
 * Media time at which the grid of segments goes on: where the rendition that is furthest behind does. For one that has nothing
 * yet that is the source's beginning, or its first segment would be longer than any may be (RFC 8216bis 4.4.3.1).
 * `undefined` where nothing is published.
 */
function gridStartSeconds(
  ends: ReadonlyMap<RenditionId, number>,
  plan: TranscodePlan,
  { originSeconds }: Timeline,
): number | undefined {
  if (ends.size === 0) {
    return undefined;
  }
  const earliestSeconds = Math.min(...ends.values());
  const isOneBehind = plannedRenditions(plan).some(({ id }) => !ends.has(id));
  const isAtBeginning = earliestSeconds < originSeconds + silentSegments * plan.cut.segmentSeconds;
  return isOneBehind && isAtBeginning ? originSeconds : earliestSeconds;
}

/** The session's time from which on the source can still be read, in seconds; `undefined`: from its beginning. */
function heldFromSeconds({ heldFromMs }: IngestSource, { gridShiftSeconds }: TranscodePlan): number | undefined {
  return heldFromMs === null ? undefined : heldFromMs / 1000 + gridShiftSeconds;
}

function followClock(source: IngestSource, timeline: Timeline, shiftMs: number): void {
  const estimate = source.estimatedFirstSampleEventTimeMs();
  if (estimate !== null) {
    timeline.correct(estimate - shiftMs);
  }
}
