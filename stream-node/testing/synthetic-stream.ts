import { type Clock, systemClock } from '../clock';
import type { Rendition, RenditionId, VideoRendition } from '../contract/ladder';
import {
  aacFrameSamples,
  audioCutPlan,
  audioSampleRate,
  type CutPlan,
  type LatencyProfile,
  videoCutPlan,
} from '../contract/profiles';
import type { StreamState } from '../contract/stream-state';
import type { InitFragment } from '../isobmff/fragment-reader';
import type { PlayableStream } from '../origin/playable-stream';
import type { RenditionWindow } from '../packager/live-window';
import { StreamPackager } from '../packager/stream-packager';
import { Timeline } from '../packager/timeline';
import type { TakeIndex } from '../store/take-index';

/** 2023-11-14T22:13:20.000Z: where synthetic event clocks start. */
export const syntheticStartMs = 1_700_000_000_000;

export const syntheticVideo: VideoRendition = {
  kind: 'video',
  id: '360p',
  width: 640,
  height: 360,
  frameRate: { numerator: 30, denominator: 1 },
  bitrate: 700_000,
};

const videoTimescale = 90_000;
/** Shorter than any frame: a part is due when the clock has reached its end, give or take rounding. */
const toleranceSeconds = 0.001;

/** How far one rendition has been published in the session that runs. */
type Progress = { rendition: Rendition; partTicks: number; timescale: number; parts: number };

/**
 * A stream of the real packager, fed with made-up bytes, for tests of what stands above it: each call publishes what it
 * says within the same turn, and nothing happens by itself.
 */
export class SyntheticStream implements PlayableStream {
  readonly streamId: string;
  readonly epoch = 1;
  readonly renditions: readonly RenditionId[];
  visibility: 'public' | 'private' = 'public';
  state: StreamState = 'live';
  recorded: { takes: readonly TakeIndex[]; folder: string } = { takes: [], folder: '' };
  readonly #packager: StreamPackager;
  readonly #partBytes: (renditionId: RenditionId) => number;
  readonly #stepSeconds: number;
  readonly #segmentSeconds: number;
  readonly #partsPerGop: number;
  #progress: Progress[] = [];
  #steps = 0;
  #sessionIndex = -1;
  #sessionStartMs = syntheticStartMs;

  constructor(
    options: {
      streamId?: string;
      renditions?: readonly Rendition[];
      dvrWindowSeconds?: number;
      /** of every part, or by the id of its rendition */
      partBytes?: number | ((renditionId: RenditionId) => number);
      profile?: LatencyProfile;
      /** by which what left the playlist is kept a while */
      clock?: Clock;
    } = {},
  ) {
    const { streamId = 'str_synthetic234', renditions = [syntheticVideo], dvrWindowSeconds = 20 } = options;
    const { profile = 'balanced', clock = systemClock } = options;
    const video = renditions.find((rendition) => rendition.kind === 'video');
    const cut = video?.kind === 'video' ? videoCutPlan(profile, video.frameRate) : audioCutPlan();
    this.streamId = streamId;
    this.renditions = renditions.map(({ id }) => id);
    const { partBytes = 32 } = options;
    this.#partBytes = typeof partBytes === 'number' ? () => partBytes : partBytes;
    this.#packager = new StreamPackager({
      cut,
      renditions,
      dvrWindowSeconds,
      windowBytesMax: 64 * 1024 * 1024,
      uriPrefix: 'r',
      clock,
    });
    this.#progress = renditions.map((rendition) => progressOf(rendition, cut));
    const [lead] = this.#progress;
    this.#stepSeconds = lead ? lead.partTicks / lead.timescale : 0;
    this.#segmentSeconds = cut.segmentSeconds;
    this.#partsPerGop = cut.gopFrames / cut.videoPartFrames;
    this.startSession();
  }

  window(renditionId: RenditionId): RenditionWindow | undefined {
    return this.#packager.window(renditionId);
  }

  async takes(): Promise<readonly TakeIndex[]> {
    return this.recorded.takes;
  }

  takeFile(takeId: string, renditionId: RenditionId): string {
    return `${this.recorded.folder}/${takeId}/${renditionId}.mp4`;
  }

  /** The next part starts another session, `gapMs` of event time after the last one's end. */
  startSession(gapMs = 0): void {
    this.#sessionStartMs += this.#steps * this.#stepSeconds * 1000 + gapMs;
    this.#steps = 0;
    this.#sessionIndex += 1;
    const timeline = new Timeline({ firstSampleEventTimeMs: this.#sessionStartMs, outputTsOffsetSeconds: 1 });
    this.#packager.startSession({ sessionIndex: this.#sessionIndex, timeline });
    for (const progress of this.#progress) {
      progress.parts = 0;
      this.#packager.pushInit(progress.rendition.id, initOf(progress));
    }
  }

  /** Publishes `count` parts of the first rendition, and of the others all that end no later. */
  publishParts(count = 1): void {
    for (let step = 0; step < count; step += 1) {
      this.#steps += 1;
      for (const progress of this.#progress) {
        this.#publishUpTo(progress, this.#steps * this.#stepSeconds);
      }
    }
  }

  /** When the next part of any rendition ends, in seconds from the session's begin. */
  nextPartEndSeconds(): number {
    return Math.min(...this.#progress.map(({ parts, partTicks, timescale }) => ((parts + 1) * partTicks) / timescale));
  }

  /** Publishes the parts that have ended by then, of each rendition at its own pace. @param seconds from the session's begin */
  publishUntil(seconds: number): void {
    this.#steps = Math.floor((seconds + toleranceSeconds) / this.#stepSeconds);
    for (const progress of this.#progress) {
      this.#publishUpTo(progress, seconds);
    }
  }

  /** Publishes the parts of `count` segments. A video segment is closed by what follows it. */
  publishSegments(count: number): void {
    this.publishParts(Math.round((count * this.#segmentSeconds) / this.#stepSeconds));
  }

  end(): void {
    this.#packager.end();
  }

  [Symbol.dispose](): void {
    this.#packager[Symbol.dispose]();
  }

  #publishUpTo(progress: Progress, seconds: number): void {
    const { rendition, partTicks, timescale } = progress;
    while (((progress.parts + 1) * partTicks) / timescale <= seconds + toleranceSeconds) {
      const decodeTimeTicks = timescale + progress.parts * partTicks;
      this.#packager.pushFragment(rendition.id, {
        kind: 'fragment',
        bytes: Buffer.alloc(this.#partBytes(rendition.id), `${rendition.id} ${this.#sessionIndex} ${progress.parts} `),
        decodeTimeTicks,
        durationTicks: partTicks,
        startsWithKeyframe: rendition.kind === 'audio' || progress.parts % this.#partsPerGop === 0,
        sampleCount: rendition.kind === 'audio' ? partTicks / aacFrameSamples : 1,
      });
      progress.parts += 1;
    }
  }
}

function progressOf(rendition: Rendition, cut: CutPlan): Progress {
  if (rendition.kind === 'audio') {
    return { rendition, partTicks: cut.audioPartFrames * aacFrameSamples, timescale: audioSampleRate, parts: 0 };
  }
  const { numerator, denominator } = rendition.frameRate;
  const partTicks = (cut.videoPartFrames * videoTimescale * denominator) / numerator;
  return { rendition, partTicks, timescale: videoTimescale, parts: 0 };
}

function initOf({ rendition, timescale }: Progress): InitFragment {
  const codec = rendition.kind === 'audio' ? 'mp4a.40.2' : 'avc1.4d401e';
  const track = { kind: rendition.kind, codec, timescale };
  return { kind: 'init', bytes: Buffer.from(`init of ${rendition.id}`), track };
}
