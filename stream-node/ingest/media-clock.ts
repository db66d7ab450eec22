import type { Chunk, SourceContainer } from '../contract/ingest-protocol';
import type { ContainerPosition } from './container-position';
import type { EntryPoint } from './entry-points';
import { type BlockTimes, MatroskaClock } from './matroska-clock';
import { type ClockSample, PageClock } from './page-clock';

/** A recorder begins near zero; ffmpeg would fill anything before the first frame, frame by frame. */
const firstBlockMsMax = 30_000;
/** How far a container time may be ahead of the clock before it is nonsense: encoders would fill that gap too. */
const aheadMsMax = 30_000;
/** No recorder runs for a year; the clock would be put that far from any date. */
const containerMsMax = 366 * 24 * 60 * 60 * 1000;

/** Puts container time on the event clock, by the capture times of the chunks and the clock samples of the page. */
export class MediaClock {
  private readonly page = new PageClock();
  private readonly container: MatroskaClock | null;
  /** page clock at container time zero */
  private pageZeroMs: number | null = null;
  private newestMs: number | null = null;
  private found: readonly EntryPoint[] = [];

  constructor(container: SourceContainer) {
    this.container = container === 'matroska' ? new MatroskaClock() : null;
  }

  sample(sample: ClockSample): void {
    this.page.sample(sample);
  }

  /** Takes in a chunk; `bad_media` when its times cannot be those of a live recorder. */
  chunk(chunk: Chunk, nowMs: number): 'taken' | 'bad_media' {
    const times: BlockTimes = this.container?.feed(chunk.bytes) ?? { firstMs: null, newestMs: null, entryPoints: [] };
    this.found = times.entryPoints;
    if (Math.max(Math.abs(times.firstMs ?? 0), Math.abs(times.newestMs ?? 0)) > containerMsMax) {
      return 'bad_media';
    }
    if (this.pageZeroMs === null) {
      if (times.firstMs !== null && (times.firstMs > firstBlockMsMax || times.firstMs < -firstBlockMsMax)) {
        return 'bad_media';
      }
      this.pageZeroMs = chunk.captureTimeMs - (times.firstMs ?? 0);
    } else if (times.firstMs !== null) {
      // captureTimeMs is the page's latest idea of container zero plus the time of this chunk's first block.
      this.pageZeroMs = chunk.captureTimeMs - times.firstMs;
    }
    this.newestMs = times.newestMs;
    this.page.assumeFromArrival(nowMs - this.pageZeroMs - (this.newestMs ?? 0), nowMs);
    const lagMs = this.lagMs(nowMs);
    return lagMs !== null && lagMs < -aheadMsMax ? 'bad_media' : 'taken';
  }

  /** How far the container was read; of one whose structure is not read (mp4) nothing but where it is. */
  position(bytes: number): ContainerPosition {
    return this.container?.position() ?? { bytes, newestMs: this.newestMs };
  }

  /** Goes on elsewhere in the same media; the chunks with its head must have been taken in. */
  resumeAt(position: ContainerPosition): void {
    this.container?.resumeAt(position);
    this.newestMs = position.newestMs;
  }

  /** The offset to the page's clock as it is known now, as a sample; null before there was one. */
  get bestSample(): ClockSample | null {
    return this.page.bestSample;
  }

  /** Entry points that became known with the newest chunk; none where the container's structure is not read (mp4). */
  get entryPoints(): readonly EntryPoint[] {
    return this.found;
  }

  /** Media bytes before the first cluster. */
  get headBytes(): number {
    return this.container?.headBytes ?? 0;
  }

  /** Latest container time that was received, in milliseconds; null where it cannot be told. */
  get newestContainerMs(): number | null {
    return this.newestMs;
  }

  /** Event-clock time of container time zero, unix milliseconds; null before the first chunk. */
  zeroMs(): number | null {
    const offsetMs = this.page.offsetMs();
    return this.pageZeroMs === null || offsetMs === null ? null : this.pageZeroMs + offsetMs;
  }

  /** How far the newest media is behind the clock; null where the container's times are not read (mp4). */
  lagMs(nowMs: number): number | null {
    const zeroMs = this.zeroMs();
    return zeroMs === null || this.newestMs === null ? null : nowMs - (zeroMs + this.newestMs);
  }
}
