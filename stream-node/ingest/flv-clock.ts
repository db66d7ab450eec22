import type { Chunk } from '../contract/ingest-protocol';
import type { ContainerPosition } from './container-position';
import type { EntryPoint } from './entry-points';
import { EncoderClock } from './rtmp/encoder-clock';
import { readFlvTag } from './rtmp/flv-tag';
import { inspectAudio, inspectVideo } from './rtmp/media-payload';

/** Sound alone can be decoded from any frame; one entry point a second is enough. */
const audioEntryPointsMs = 1000;

/**
 * The clock of an FLV stream of which each chunk is one tag, and its capture time the moment it arrived. The first of them is
 * the file header.
 */
export class FlvClock {
  #arrivalMs = 0;
  readonly #arrivals = new EncoderClock({ nowMs: () => this.#arrivalMs });
  #isConcluded = false;
  #bytes = 0;
  #headBytes = 0;
  #newestMs: number | null = null;
  #hasVideo = false;
  #hasLateConfig = false;
  #lastEntryMs = Number.NEGATIVE_INFINITY;
  #found: readonly EntryPoint[] = [];

  /** An encoder measures no clock offset with us. */
  readonly bestSample = null;

  sample(): void {}

  position(): ContainerPosition {
    const flv = { hasVideo: this.#hasVideo, hasLateConfig: this.#hasLateConfig };
    return { bytes: this.#bytes, newestMs: this.#newestMs, flv };
  }

  /** Goes on elsewhere in the same media; the tags with its head must have been taken in. */
  resumeAt({ bytes, newestMs, flv }: ContainerPosition): void {
    this.#bytes = bytes;
    this.#newestMs = newestMs;
    this.#hasVideo = flv?.hasVideo ?? this.#hasVideo;
    this.#hasLateConfig = flv?.hasLateConfig ?? true;
  }

  chunk({ bytes, captureTimeMs }: Chunk): 'taken' | 'bad_media' {
    const byteOffset = this.#bytes;
    this.#bytes += bytes.byteLength;
    this.#arrivalMs = captureTimeMs;
    this.#found = [];
    const tag = readFlvTag(bytes);
    const media = tag && (tag.kind === 'audio' ? inspectAudio(tag.payload) : inspectVideo(tag.payload));
    if (tag === null || media?.kind !== 'media' || media.isConfig) {
      if (this.#newestMs === null) {
        this.#headBytes = this.#bytes;
      } else {
        // A decoder that begins later would not know it: from here on reading begins at the first byte.
        this.#hasLateConfig ||= tag !== null;
      }
      return 'taken';
    }
    const timeMs = tag.timestampMs + media.compositionMs;
    this.#arrivals.frame(timeMs);
    this.#newestMs = Math.max(this.#newestMs ?? timeMs, timeMs);
    this.#hasVideo ||= tag.kind === 'video';
    this.#note({ timeMs, byteOffset }, tag);
    return 'taken';
  }

  get entryPoints(): readonly EntryPoint[] {
    return this.#found;
  }

  get headBytes(): number {
    return this.#headBytes;
  }

  get newestContainerMs(): number | null {
    return this.#newestMs;
  }

  zeroMs(): number | null {
    return this.#isConcluded || this.#arrivals.isSettled ? this.#arrivals.zeroMs() : null;
  }

  lagMs(nowMs: number): number | null {
    const zeroMs = this.zeroMs();
    return zeroMs === null || this.#newestMs === null ? null : Math.max(0, nowMs - zeroMs - this.#newestMs);
  }

  conclude(): void {
    this.#isConcluded = true;
  }

  #note(entry: EntryPoint, tag: { kind: 'audio' | 'video'; payload: Buffer }): void {
    const isKeyframe = tag.kind === 'video' && (tag.payload[0] ?? 0) >> 4 === 1;
    const isSoundAlone = !this.#hasVideo && entry.timeMs >= this.#lastEntryMs + audioEntryPointsMs;
    if ((isKeyframe || isSoundAlone) && !this.#hasLateConfig) {
      this.#lastEntryMs = entry.timeMs;
      this.#found = [entry];
    }
  }
}
