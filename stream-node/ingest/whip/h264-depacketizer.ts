import { decoderConfiguration, readSequenceParameters } from './h264-parameter-sets';
import { type Depacketizer, frameBytesMax, type VideoConfig, type VideoFrame } from './media-frame';

const sliceOfKeyframe = 5;
const sequenceParameterSet = 7;
const pictureParameterSet = 8;
const lastSingleUnit = 23;
const aggregation = 24;
const fragment = 28;
/** Delimiters, ends of sequences and filler: nothing of the picture. */
const leftOut = new Set([0, 9, 10, 11, 12]);

/** H.264 out of RTP (RFC 6184, packetization modes 0 and 1): single units, STAP-A and FU-A. */
export class H264Depacketizer implements Depacketizer {
  #timestamp: number | null = null;
  #units: Buffer[] = [];
  #frameBytes = 0;
  /** of a unit that comes in pieces */
  #pieces: Buffer[] | null = null;
  #isDamaged = false;
  #sps: Buffer | null;
  #pps: Buffer | null;

  /** @param sets parameter sets that the offer carried (`sprop-parameter-sets`) */
  constructor(sets: readonly Buffer[] = []) {
    this.#sps = sets.find((unit) => typeOf(unit) === sequenceParameterSet) ?? null;
    this.#pps = sets.find((unit) => typeOf(unit) === pictureParameterSet) ?? null;
  }

  push({ timestamp, marker, payload }: { timestamp: number; marker: boolean; payload: Buffer }) {
    const out: (VideoFrame | 'damaged')[] = [];
    if (payload.byteLength === 0) {
      return out;
    }
    if (this.#timestamp !== null && timestamp !== this.#timestamp) {
      // A sender that sets no markers: the next timestamp ends the frame.
      out.push(...this.#finish());
    }
    this.#timestamp = timestamp;
    if (!this.#take(payload)) {
      this.#isDamaged = true;
    }
    if (marker) {
      out.push(...this.#finish());
    }
    return out;
  }

  lost(): void {
    this.#clear();
    this.#isDamaged = true;
  }

  #take(payload: Buffer): boolean {
    const type = typeOf(payload);
    if (type <= lastSingleUnit) {
      return this.#unit(payload);
    }
    if (type === aggregation) {
      return this.#aggregated(payload.subarray(1));
    }
    return type === fragment && this.#fragment(payload);
  }

  /** RFC 6184, 5.7.1 */
  #aggregated(units: Buffer): boolean {
    let offset = 0;
    while (offset < units.byteLength) {
      if (offset + 2 > units.byteLength) {
        return false;
      }
      const end = offset + 2 + units.readUInt16BE(offset);
      if (end > units.byteLength || !this.#unit(units.subarray(offset + 2, end))) {
        return false;
      }
      offset = end;
    }
    return true;
  }

  /** RFC 6184, 5.8 */
  #fragment(payload: Buffer): boolean {
    const indicator = payload[0];
    const header = payload[1];
    if (indicator === undefined || header === undefined) {
      return false;
    }
    if ((header & 0x80) !== 0) {
      this.#pieces = [Buffer.from([(indicator & 0xe0) | (header & 0x1f)])];
    }
    const pieces = this.#pieces;
    this.#frameBytes += payload.byteLength;
    if (pieces === null || this.#frameBytes > frameBytesMax) {
      return false;
    }
    pieces.push(payload.subarray(2));
    if ((header & 0x40) === 0) {
      return true;
    }
    this.#pieces = null;
    return this.#unit(Buffer.concat(pieces));
  }

  #unit(unit: Buffer): boolean {
    const type = typeOf(unit);
    this.#frameBytes += unit.byteLength;
    if (unit.byteLength === 0 || this.#pieces !== null || this.#frameBytes > 2 * frameBytesMax) {
      return false;
    }
    if (type === sequenceParameterSet) {
      this.#sps = Buffer.from(unit);
    } else if (type === pictureParameterSet) {
      this.#pps = Buffer.from(unit);
    } else if (!leftOut.has(type)) {
      this.#units.push(unit);
    }
    return true;
  }

  #finish(): (VideoFrame | 'damaged')[] {
    const units = this.#units;
    const timestamp = this.#timestamp ?? 0;
    const isDamaged = this.#isDamaged || this.#pieces !== null || this.#frameBytes > frameBytesMax;
    this.#clear();
    if (isDamaged) {
      return ['damaged'];
    }
    if (units.length === 0) {
      return [];
    }
    const isKeyframe = units.some((unit) => typeOf(unit) === sliceOfKeyframe);
    const config = isKeyframe ? this.#config() : null;
    // With each keyframe its parameter sets: so a picture that changes its size goes on, and any keyframe can be a beginning.
    const sets = isKeyframe ? [this.#sps, this.#pps].filter((set) => set !== null) : [];
    return [{ timestamp, isKeyframe, config, bytes: withLengths([...sets, ...units]) }];
  }

  #config(): VideoConfig | null {
    const size = this.#sps && readSequenceParameters(this.#sps);
    if (size === null || this.#sps === null || this.#pps === null) {
      return null;
    }
    return { codec: 'h264', ...size, description: decoderConfiguration(this.#sps, this.#pps) };
  }

  #clear(): void {
    this.#timestamp = null;
    this.#units = [];
    this.#frameBytes = 0;
    this.#pieces = null;
    this.#isDamaged = false;
  }
}

function typeOf(unit: Buffer): number {
  return (unit[0] ?? 0) & 0x1f;
}

function withLengths(units: readonly Buffer[]): Buffer {
  return Buffer.concat(
    units.flatMap((unit) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(unit.byteLength);
      return [length, unit];
    }),
  );
}
