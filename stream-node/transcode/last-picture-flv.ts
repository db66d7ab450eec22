import type { FrameRate } from '../contract/profiles';
import { FlvSplitter } from '../ingest/rtmp/flv-splitter';
import { encodeFlvTag, readFlvTag } from '../ingest/rtmp/flv-tag';
import { inspectVideo } from '../ingest/rtmp/media-payload';
import { withPictureTiming } from './avc-picture-timing';

/** Frame type, packet type and composition time (Adobe FLV 10.1, E.4.3). */
const payloadHeaderBytes = 5;
/** Of an `AVCDecoderConfigurationRecord` up to its first sequence parameter set (ISO/IEC 14496-15, 5.3.3.1). */
const recordHeaderBytes = 6;

/**
 * Gives the last picture of an encoder a length. FLV says of none how long it lasts; where H.264 does not say so either, as
 * phones send it, the last one lasts a millisecond to ffmpeg, and `fps` drops it. So its parameters are made to say it on their
 * way into ffmpeg: a slot of the output's rate. All else goes through untouched.
 */
export class LastFlvPicture {
  readonly #splitter = new FlvSplitter();

  constructor(private readonly frameRate: FrameRate) {}

  /** @returns what may go on to the decoder: whole tags */
  push(bytes: Buffer): Buffer {
    return Buffer.concat(this.#splitter.push(bytes).map((piece) => this.#timed(piece)));
  }

  /** The source is over. @returns nothing: a tag that is not whole cannot be decoded */
  end(): Buffer {
    return Buffer.alloc(0);
  }

  #timed(piece: Buffer): Buffer {
    const tag = readFlvTag(piece);
    if (tag?.kind !== 'video') {
      return piece;
    }
    const media = inspectVideo(tag.payload);
    const payload = media.kind === 'media' && media.isConfig ? this.#timedRecord(tag.payload) : null;
    return payload === null ? piece : encodeFlvTag({ ...tag, payload });
  }

  /** Of more than one set each picture may name another, so these stay as they are. */
  #timedRecord(payload: Buffer): Buffer | null {
    const lengthAt = payloadHeaderBytes + recordHeaderBytes;
    if (payload.byteLength < lengthAt + 2 || (payload.readUInt8(lengthAt - 1) & 0x1f) !== 1) {
      return null;
    }
    const end = lengthAt + 2 + payload.readUInt16BE(lengthAt);
    const timed =
      end > payload.byteLength ? null : withPictureTiming(payload.subarray(lengthAt + 2, end), this.frameRate);
    if (timed === null) {
      return null;
    }
    const length = Buffer.alloc(2);
    length.writeUInt16BE(timed.byteLength);
    return Buffer.concat([payload.subarray(0, lengthAt), length, timed, payload.subarray(end)]);
  }
}
