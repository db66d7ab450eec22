import { type Depacketizer, frameBytesMax, type VideoConfig, type VideoFrame } from './media-frame';

/** VP8 out of RTP (RFC 7741). */
export class Vp8Depacketizer implements Depacketizer {
  #timestamp: number | null = null;
  #pieces: Buffer[] = [];
  #frameBytes = 0;
  #isDamaged = false;

  push({ timestamp, marker, payload }: { timestamp: number; marker: boolean; payload: Buffer }) {
    const out: (VideoFrame | 'damaged')[] = [];
    if (payload.byteLength === 0) {
      return out;
    }
    if (this.#timestamp !== null && timestamp !== this.#timestamp) {
      out.push(this.#finish());
    }
    this.#timestamp = timestamp;
    const descriptor = readDescriptor(payload);
    const isBeginning = this.#pieces.length === 0;
    this.#frameBytes += payload.byteLength;
    if (descriptor === null || descriptor.beginsFrame !== isBeginning || this.#frameBytes > frameBytesMax) {
      this.#isDamaged = true;
    } else {
      this.#pieces.push(payload.subarray(descriptor.bytes));
    }
    if (marker) {
      out.push(this.#finish());
    }
    return out;
  }

  lost(): void {
    this.#clear();
    this.#isDamaged = true;
  }

  #finish(): VideoFrame | 'damaged' {
    const timestamp = this.#timestamp ?? 0;
    const bytes = this.#isDamaged ? null : Buffer.concat(this.#pieces);
    this.#clear();
    if (bytes === null || bytes.byteLength === 0) {
      return 'damaged';
    }
    // RFC 6386, 9.1: the lowest bit of a frame is 0 in a keyframe.
    const isKeyframe = ((bytes[0] ?? 1) & 1) === 0;
    return { timestamp, bytes, isKeyframe, config: isKeyframe ? readKeyframeHead(bytes) : null };
  }

  #clear(): void {
    this.#timestamp = null;
    this.#pieces = [];
    this.#frameBytes = 0;
    this.#isDamaged = false;
  }
}

/** RFC 7741, 4.2. `beginsFrame`: the first packet of the first partition. */
function readDescriptor(payload: Buffer): { bytes: number; beginsFrame: boolean } | null {
  const first = payload[0] ?? 0;
  let bytes = 1;
  if ((first & 0x80) !== 0) {
    const extension = payload[bytes++] ?? 0;
    if ((extension & 0x80) !== 0) {
      bytes += ((payload[bytes] ?? 0) & 0x80) === 0 ? 1 : 2;
    }
    bytes += (extension & 0x40) === 0 ? 0 : 1;
    bytes += (extension & 0x30) === 0 ? 0 : 1;
  }
  return bytes >= payload.byteLength ? null : { bytes, beginsFrame: (first & 0x10) !== 0 && (first & 0x0f) === 0 };
}

/** RFC 6386, 9.1 */
function readKeyframeHead(frame: Buffer): VideoConfig | null {
  if (frame.byteLength < 10 || frame.readUIntBE(3, 3) !== 0x9d012a) {
    return null;
  }
  const width = frame.readUInt16LE(6) & 0x3fff;
  const height = frame.readUInt16LE(8) & 0x3fff;
  return width >= 2 && height >= 2 ? { codec: 'vp8', width, height, description: null } : null;
}
