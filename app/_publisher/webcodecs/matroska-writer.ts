import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Output,
  StreamTarget,
} from 'mediabunny';
import { joined } from '../joined-bytes';
import type { EncodedSample } from './encoded-sample';
import type { PictureCodec } from './picture-codec';

/** A cluster is begun anew after so long: one that is lost, or where a node begins anew, costs no more. */
const clusterSeconds = 0.033;

/** Writes encoded samples as Matroska that only ever grows, each as soon as the other track has come as far. */
export class MatroskaWriter {
  readonly #output: Output;
  readonly #video: EncodedVideoPacketSource | null;
  readonly #audio = new EncodedAudioPacketSource('opus');
  #pieces: Uint8Array[] = [];

  private constructor(picture: PictureCodec | null) {
    const written = new WritableStream<{ data: Uint8Array }>({
      write: ({ data }) => {
        this.#pieces.push(data.slice());
      },
    });
    this.#output = new Output({
      format: new MkvOutputFormat({ appendOnly: true, minimumClusterDuration: clusterSeconds }),
      target: new StreamTarget(written),
    });
    this.#video = picture === null ? null : new EncodedVideoPacketSource(picture);
    if (this.#video) {
      this.#output.addVideoTrack(this.#video);
    }
    this.#output.addAudioTrack(this.#audio);
  }

  /** @param picture null: sound alone */
  static async open(picture: PictureCodec | null): Promise<MatroskaWriter> {
    const writer = new MatroskaWriter(picture);
    await writer.#output.start();
    return writer;
  }

  /** @param seconds container time of the sample, never negative */
  async write(sample: EncodedSample, seconds: number): Promise<void> {
    const { bytes, isKey, durationMs, decoderConfig } = sample;
    const packet = new EncodedPacket(bytes, isKey ? 'key' : 'delta', seconds, durationMs / 1000);
    if (sample.kind === 'audio') {
      await this.#audio.add(packet, decoderConfig && { decoderConfig: decoderConfig as AudioDecoderConfig });
    } else {
      await this.#video?.add(packet, decoderConfig && { decoderConfig: decoderConfig as VideoDecoderConfig });
    }
  }

  /** Writes what waits for the other track, and closes. */
  async finish(): Promise<void> {
    await this.#output.finalize();
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    const pieces = this.#pieces;
    this.#pieces = [];
    return joined(pieces);
  }
}
