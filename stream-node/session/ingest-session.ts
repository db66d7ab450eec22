import type { Rendition } from '../contract/ladder';
import type { LatencyProfile } from '../contract/profiles';
import type { IngestSource } from '../ingest/ingest-source';
import { FragmentReader } from '../isobmff/fragment-reader';
import type { Logger } from '../logger';
import type { StreamPackager } from '../packager/stream-packager';
import { Timeline } from '../packager/timeline';
import type { FfmpegAbilities } from '../transcode/ffmpeg-command';
import { probeSource, SourceProbeError } from '../transcode/source-probe';
import {
  type FixedLadder,
  outputOffsetSeconds,
  plannedRenditions,
  planTranscode,
  type TranscodePlan,
} from '../transcode/transcode-plan';
import { Transcoder } from '../transcode/transcoder';

export type IngestSessionEnd = {
  /** `finished`: everything the source gave is published; `failed`: with the reason in words for the broadcaster */
  readonly reason: 'finished' | 'failed' | 'closed';
  readonly message: string;
};

export type IngestSessionOptions = {
  source: IngestSource;
  profile: LatencyProfile;
  fixed: FixedLadder | undefined;
  abilities: FfmpegAbilities;
  ffprobePath: string;
  logger: Logger;
  /** The plan is known: gives the packager to fill, with its session already begun. */
  begin: (plan: TranscodePlan, timeline: Timeline) => StreamPackager;
  /** Called with every fragment that was published. */
  onMedia: () => void;
};

/** How often the timeline hears of a better estimate of the publisher's clock, in milliseconds. */
const clockCheckMs = 1000;

/**
 * One recorder session on its way through the node: source → probe → ffmpeg → fragments → packager. It begins a session of
 * the packager once the source is known, and ends when ffmpeg has put out everything.
 */
export class IngestSession implements AsyncDisposable {
  /** never rejects */
  readonly ended: Promise<IngestSessionEnd>;
  readonly #abort = new AbortController();
  #transcoder: Transcoder | undefined;

  constructor(private readonly options: IngestSessionOptions) {
    this.ended = this.#run().catch((error: unknown) => this.#failure(error));
  }

  /** Stops at once; what ffmpeg still holds is lost, the journal is not. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#transcoder?.close();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<IngestSessionEnd> {
    const { source, profile, fixed, abilities, ffprobePath } = this.options;
    const { probed, bytes } = await probeSource({
      bytes: source.read(),
      container: source.container,
      hasVideo: source.hasVideo,
      hasAudio: source.hasAudio,
      hint: { frameRate: source.hint.frameRate },
      ffprobePath,
      signal: this.#abort.signal,
    });
    const plan = planTranscode({ container: source.container, probed, profile, ...(fixed && { fixed }) });
    const timeZeroMs = await source.firstSampleEventTimeMs;
    if (this.#abort.signal.aborted) {
      return closedEnd;
    }
    const gridZeroMs = (eventTimeMs: number) => eventTimeMs - plan.gridShiftSeconds * 1000;
    const timeline = new Timeline({
      firstSampleEventTimeMs: gridZeroMs(timeZeroMs),
      outputTsOffsetSeconds: outputOffsetSeconds,
    });
    const packager = this.options.begin(plan, timeline);
    this.#transcoder = await Transcoder.start({ bytes, plan, abilities });
    if (this.#abort.signal.aborted) {
      await this.#transcoder.close();
    }
    const clockCheck = setInterval(() => {
      const estimateMs = source.estimatedFirstSampleEventTimeMs();
      if (estimateMs !== null) {
        timeline.correct(gridZeroMs(estimateMs));
      }
    }, clockCheckMs);
    try {
      await Promise.all(this.#transcoder.outputs.map((output) => this.#publish(output, packager)));
      const end = await this.#transcoder.ended;
      this.options.logger.info(
        { renditions: plannedRenditions(plan).map(({ id }) => id), reason: end.reason },
        'a recorder session left ffmpeg',
      );
      return end.reason === 'killed' ? closedEnd : { reason: end.reason, message: end.message };
    } finally {
      clearInterval(clockCheck);
      await this.#transcoder.close();
    }
  }

  async #publish(
    output: { rendition: Rendition; stream: AsyncIterable<Buffer> },
    packager: StreamPackager,
  ): Promise<void> {
    const reader = new FragmentReader();
    const renditionId = output.rendition.id;
    for await (const slice of output.stream) {
      for (const found of reader.push(slice)) {
        if (found.kind === 'init') {
          packager.pushInit(renditionId, found);
        } else {
          packager.pushFragment(renditionId, found);
          this.options.onMedia();
        }
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
