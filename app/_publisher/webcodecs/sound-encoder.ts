import { pageNowMs } from '../page-clock';
import { soundBitrate } from '../recorder-formats';
import type { EncodedSample, TrackEncoder } from './encoded-sample';
import { opusPacketMs } from './opus-packet';
import { SampleDrift } from './sample-drift';
import type { SoundPieces } from './track-pieces';

/** A third of what a recorder packs: what is said leaves the page 40 ms sooner. */
const packetMs = 20;
/** timestamps that are further than this from the page clock are on another one */
const plausibleMs = 2000;

export const soundSampleRate = 48_000;

export function soundConfig(channels: number): AudioEncoderConfig {
  return {
    codec: 'opus',
    sampleRate: soundSampleRate,
    numberOfChannels: channels,
    bitrate: soundBitrate,
    opus: { frameDuration: packetMs * 1000 },
  };
}

/**
 * Encodes a sound track. Packets are timed by counting samples, as the sound is heard, from the capture of the first one; the
 * capture times of later ones only say when that count has drifted away.
 */
export class SoundEncoder implements TrackEncoder {
  readonly kind = 'audio';
  readonly #sounds: ReadableStreamDefaultReader<AudioData>;
  readonly #give: (sample: EncodedSample) => void;
  readonly #failed: Promise<never>;
  #fail: (error: Error) => void = () => {};
  #encoder: AudioEncoder | null = null;
  readonly #pathMs: number;
  #offsetMs = 0;
  #firstMs = 0;
  #takenMs = 0;
  #givenMs = 0;
  readonly #drift = new SampleDrift();
  #isStopped = false;

  constructor({ pieces, pathMs }: SoundPieces, give: (sample: EncodedSample) => void) {
    this.#pathMs = pathMs;
    this.#sounds = pieces.getReader();
    this.#give = give;
    this.#failed = new Promise((_resolve, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {});
  }

  async run(): Promise<void> {
    for (;;) {
      const { value: sound, done } = await Promise.race([this.#sounds.read(), this.#failed]);
      if (done || this.#isStopped) {
        sound?.close();
        return;
      }
      this.#take(sound);
    }
  }

  async stop(): Promise<void> {
    if (this.#isStopped) {
      return;
    }
    this.#isStopped = true;
    await this.#sounds.cancel().catch(() => undefined);
    if (this.#encoder?.state === 'configured') {
      await this.#encoder.flush().catch(() => undefined);
      this.#encoder.close();
    }
  }

  pageOffsetMs(): number | null {
    return this.#encoder === null ? null : this.#offsetMs;
  }

  #take(sound: AudioData): void {
    const timestampMs = sound.timestamp / 1000;
    const durationMs = (sound.numberOfFrames / sound.sampleRate) * 1000;
    this.#encoder ??= this.#open(sound, timestampMs + durationMs);
    this.#drift.seen(timestampMs - (this.#firstMs + this.#takenMs));
    this.#takenMs += durationMs;
    this.#encoder.encode(sound);
    sound.close();
  }

  #open(sound: AudioData, endMs: number): AudioEncoder {
    this.#firstMs = sound.timestamp / 1000;
    // Measured: the timestamps of sound count from the page's own time origin, and arrive 0 to 2 ms after their end.
    const isOnPageClock = Math.abs(performance.now() - endMs) < plausibleMs;
    this.#offsetMs = (isOnPageClock ? performance.timeOrigin : pageNowMs() - endMs) - this.#pathMs;
    const encoder = new AudioEncoder({
      output: (chunk, metadata) => this.#hand(chunk, metadata),
      error: (error) => this.#fail(error),
    });
    encoder.configure({ ...soundConfig(sound.numberOfChannels), sampleRate: sound.sampleRate });
    return encoder;
  }

  #hand(chunk: EncodedAudioChunk, metadata: EncodedAudioChunkMetadata | undefined): void {
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    const durationMs = opusPacketMs(bytes);
    const timestampMs = this.#firstMs + this.#givenMs + this.#drift.nextMs();
    this.#givenMs += durationMs;
    this.#give({
      kind: 'audio',
      bytes,
      isKey: true,
      timestampMs,
      durationMs,
      ...(metadata?.decoderConfig && { decoderConfig: metadata.decoderConfig }),
    });
  }
}
