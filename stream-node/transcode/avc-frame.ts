/** Lengths of NAL units as FLV and MP4 carry them; other sizes exist and are not taken. */
const lengthBytes = 4;
/** `nal_unit_type` (ISO/IEC 14496-10, table 7-1) */
const nalTypes = { idr: 5, sps: 7, pps: 8 } as const;

export type NalUnit = { readonly type: number; readonly bytes: Buffer };

/** The NAL units of a frame, each behind its length in four bytes; what is cut off is left out. */
export function readNalUnits(picture: Buffer): NalUnit[] {
  const units: NalUnit[] = [];
  for (let at = 0; at + lengthBytes < picture.byteLength; ) {
    const start = at + lengthBytes;
    const end = start + picture.readUInt32BE(at);
    units.push({ type: picture.readUInt8(start) & 0x1f, bytes: picture.subarray(start, end) });
    at = end;
  }
  return units;
}

export function isIdr({ type }: NalUnit): boolean {
  return type === nalTypes.idr;
}

/** An AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1): what the decoder of a whole session is set up with. */
export class AvcParameters {
  readonly #record: Buffer;

  constructor(record: Uint8Array) {
    // A copy: the slice it lies in is not ours.
    this.#record = Buffer.from(record);
  }

  /** `lengthSizeMinusOne` is 3. */
  get hasLongLengths(): boolean {
    return ((this.#record[4] ?? 0) & 3) === lengthBytes - 1;
  }

  equals(other: AvcParameters): boolean {
    return this.#record.equals(other.#record);
  }

  /** Whether parameter sets within a frame only repeat what the record says. */
  cover(units: readonly NalUnit[]): boolean {
    const isParameterSet = ({ type }: NalUnit) => type === nalTypes.sps || type === nalTypes.pps;
    return units.filter(isParameterSet).every(({ bytes }) => this.#record.includes(bytes));
  }
}
