/** What a sequence parameter set says that others must know. */
export type SequenceParameters = { readonly width: number; readonly height: number };

/** Profiles whose sets carry a chroma format (ITU-T H.264, 7.3.2.1.1). */
const chromaProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
const sideMax = 8192;

/** Reads the size of the picture out of a sequence parameter set (with its NAL header); null where it is none. */
export function readSequenceParameters(sps: Buffer): SequenceParameters | null {
  const bits = new BitReader(withoutEmulationPrevention(sps.subarray(1)));
  const profile = bits.read(8);
  bits.read(16);
  bits.exponentialGolomb();
  let chromaFormat = 1;
  if (chromaProfiles.has(profile)) {
    chromaFormat = bits.exponentialGolomb();
    if (chromaFormat === 3) {
      bits.read(1);
    }
    bits.exponentialGolomb();
    bits.exponentialGolomb();
    bits.read(1);
    if (bits.read(1) === 1) {
      skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
    }
  }
  bits.exponentialGolomb();
  skipPictureOrder(bits);
  bits.exponentialGolomb();
  bits.read(1);
  const widthInBlocks = bits.exponentialGolomb() + 1;
  const heightInMaps = bits.exponentialGolomb() + 1;
  const framesOnly = bits.read(1);
  if (framesOnly === 0) {
    bits.read(1);
  }
  bits.read(1);
  const crop = bits.read(1) === 1 ? [1, 2, 3, 4].map(() => bits.exponentialGolomb()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const cropX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const cropY = (chromaFormat === 1 ? 2 : 1) * (2 - framesOnly);
  const width = widthInBlocks * 16 - cropX * (left + right);
  const height = heightInMaps * 16 * (2 - framesOnly) - cropY * (top + bottom);
  const isSane = !bits.isShort && width >= 2 && height >= 2 && width <= sideMax && height <= sideMax;
  return isSane ? { width, height } : null;
}

/** The AVCDecoderConfigurationRecord of one set of each kind (ISO/IEC 14496-15, 5.3.3.1), for lengths of four bytes. */
export function decoderConfiguration(sps: Buffer, pps: Buffer): Buffer {
  const head = Buffer.from([1, sps[1] ?? 0, sps[2] ?? 0, sps[3] ?? 0, 0xff, 0xe1]);
  return Buffer.concat([head, lengthOf(sps), sps, Buffer.from([1]), lengthOf(pps), pps]);
}

function lengthOf(unit: Buffer): Buffer {
  return Buffer.from([unit.byteLength >> 8, unit.byteLength & 0xff]);
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.exponentialGolomb();
  if (type === 0) {
    bits.exponentialGolomb();
  } else if (type === 1) {
    bits.read(1);
    bits.exponentialGolomb();
    bits.exponentialGolomb();
    const count = Math.min(255, bits.exponentialGolomb());
    for (let index = 0; index < count; index += 1) {
      bits.exponentialGolomb();
    }
  }
}

function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count; list += 1) {
    if (bits.read(1) === 1) {
      let scale = 8;
      for (let entry = 0; entry < (list < 6 ? 16 : 64) && scale !== 0; entry += 1) {
        scale = (scale + signed(bits.exponentialGolomb()) + 256) % 256;
      }
    }
  }
}

function signed(code: number): number {
  return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
}

/** ITU-T H.264, 7.4.1: a 3 after two zeros is not part of the payload. */
function withoutEmulationPrevention(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes.filter((byte, at) => !(byte === 3 && at >= 2 && bytes[at - 1] === 0 && bytes[at - 2] === 0)),
  );
}

/** Reads bits, most significant first. Beyond the end it reads zeros and says so afterwards. */
class BitReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get isShort(): boolean {
    return this.#at > this.bytes.byteLength * 8;
  }

  read(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1) {
      value = value * 2 + (((this.bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  /** ITU-T H.264, 9.1 */
  exponentialGolomb(): number {
    let zeros = 0;
    while (zeros < 32 && this.read(1) === 0) {
      zeros += 1;
    }
    return 2 ** zeros - 1 + this.read(zeros);
  }
}
