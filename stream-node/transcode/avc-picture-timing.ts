import type { FrameRate } from '../contract/profiles';

/** `profile_idc` whose sequence parameter sets tell of chroma and scaling (ISO/IEC 14496-10, 7.3.2.1.1). */
const profilesWithChroma = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
const extendedSar = 255;
/** A set that is longer is let through as it is. */
const spsBytesMax = 1024;
/** of a leading zero: larger numbers are in no set */
const expGolombZerosMax = 31;

/** A set that ends too early, or says what none may. */
class UnreadableSps extends Error {
  override readonly name = 'UnreadableSps';
}

/** Reads the bits of a raw byte sequence payload, each a character. */
class SpsBits {
  at = 0;

  constructor(readonly bits: string) {}

  u(count: number): number {
    this.at += count;
    if (this.at > this.bits.length) {
      throw new UnreadableSps('it ends too early');
    }
    return count === 0 ? 0 : Number.parseInt(this.bits.slice(this.at - count, this.at), 2);
  }

  ue(): number {
    let zeros = 0;
    while (this.u(1) === 0) {
      zeros += 1;
    }
    if (zeros > expGolombZerosMax) {
      throw new UnreadableSps('a number is too large');
    }
    return 2 ** zeros - 1 + this.u(zeros);
  }

  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/**
 * A sequence parameter set that says how long a picture lasts, where it did not (ISO/IEC 14496-10, E.1.1: `time_scale` counts
 * fields, of which a picture has two). Nothing else of it changes.
 *
 * @param sps one NAL unit
 * @returns `null` where it says so already, or cannot be read
 */
export function withPictureTiming(sps: Buffer, { numerator, denominator }: FrameRate): Buffer | null {
  if (sps.byteLength > spsBytesMax) {
    return null;
  }
  const reader = new SpsBits(bitsOf(withoutEmulationPrevention(sps)));
  try {
    skipToVui(reader);
    const before = reader.bits.slice(0, reader.at);
    const timing = `1${unsigned(denominator)}${unsigned(numerator * 2)}0`;
    if (reader.u(1) === 0) {
      // The four flags before the timing and the four behind it are all 0.
      return written(`${before}10000${timing}00001`);
    }
    skipToTiming(reader);
    const behind = reader.bits.slice(reader.at + 1);
    return reader.bits[reader.at] === '0' ? written(`${reader.bits.slice(0, reader.at)}${timing}${behind}`) : null;
  } catch (error) {
    if (error instanceof UnreadableSps) {
      return null;
    }
    throw error;
  }
}

/** 7.3.2.1.1, up to `vui_parameters_present_flag`. */
function skipToVui(sps: SpsBits): void {
  sps.u(8); // NAL unit header
  const profile = sps.u(8);
  sps.u(16); // constraints, level_idc
  sps.ue(); // seq_parameter_set_id
  if (profilesWithChroma.includes(profile)) {
    skipChroma(sps);
  }
  sps.ue(); // log2_max_frame_num_minus4
  skipPictureOrder(sps);
  sps.ue(); // max_num_ref_frames
  sps.u(1); // gaps_in_frame_num_value_allowed_flag
  sps.ue(); // pic_width_in_mbs_minus1
  sps.ue(); // pic_height_in_map_units_minus1
  const areAllFrames = sps.u(1) === 1;
  sps.u(areAllFrames ? 1 : 2); // mb_adaptive_frame_field_flag, direct_8x8_inference_flag
  if (sps.u(1) === 1) {
    times(4, () => sps.ue()); // frame_crop_*_offset
  }
}

function skipChroma(sps: SpsBits): void {
  const chromaFormat = sps.ue();
  if (chromaFormat === 3) {
    sps.u(1); // separate_colour_plane_flag
  }
  sps.ue(); // bit_depth_luma_minus8
  sps.ue(); // bit_depth_chroma_minus8
  sps.u(1); // qpprime_y_zero_transform_bypass_flag
  if (sps.u(1) === 1) {
    times(chromaFormat === 3 ? 12 : 8, (list) => {
      if (sps.u(1) === 1) {
        skipScalingList(sps, list < 6 ? 16 : 64);
      }
    });
  }
}

/** 7.3.2.1.1.1 */
function skipScalingList(sps: SpsBits, size: number): void {
  let last = 8;
  let next = 8;
  times(size, () => {
    if (next !== 0) {
      next = (last + sps.se() + 256) % 256;
    }
    last = next === 0 ? last : next;
  });
}

function skipPictureOrder(sps: SpsBits): void {
  const type = sps.ue();
  if (type === 0) {
    sps.ue(); // log2_max_pic_order_cnt_lsb_minus4
  } else if (type === 1) {
    sps.u(1); // delta_pic_order_always_zero_flag
    times(2, () => sps.ue()); // offset_for_non_ref_pic, offset_for_top_to_bottom_field
    const count = sps.ue();
    times(Math.min(count, 255), () => sps.ue()); // offset_for_ref_frame
  }
}

/** E.1.1, up to `timing_info_present_flag`. */
function skipToTiming(sps: SpsBits): void {
  if (sps.u(1) === 1 && sps.u(8) === extendedSar) {
    sps.u(32); // sar_width, sar_height
  }
  if (sps.u(1) === 1) {
    sps.u(1); // overscan_appropriate_flag
  }
  if (sps.u(1) === 1) {
    sps.u(4); // video_format, video_full_range_flag
    sps.u(sps.u(1) === 1 ? 24 : 0); // colour_primaries, transfer_characteristics, matrix_coefficients
  }
  if (sps.u(1) === 1) {
    times(2, () => sps.ue()); // chroma_sample_loc_type_*
  }
}

function times(count: number, step: (index: number) => void): void {
  for (let index = 0; index < count; index += 1) {
    step(index);
  }
}

function unsigned(value: number): string {
  return value.toString(2).padStart(32, '0');
}

function bitsOf(bytes: Buffer): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

/** The NAL unit of these bits, from its header to the 1 that ends them; 0s behind that count for nothing. */
function written(bits: string): Buffer {
  const kept = bits.slice(0, bits.lastIndexOf('1') + 1);
  const bytes = Buffer.alloc(Math.ceil(kept.length / 8));
  for (const index of bytes.keys()) {
    bytes[index] = Number.parseInt(kept.slice(index * 8, index * 8 + 8).padEnd(8, '0'), 2);
  }
  return withEmulationPrevention(bytes);
}

/** 7.4.1: after two zeros a 3 goes before what is 3 at most. */
function withEmulationPrevention(payload: Buffer): Buffer {
  const bytes: number[] = [];
  for (const byte of payload) {
    if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) {
      bytes.push(3);
    }
    bytes.push(byte);
  }
  return Buffer.from(bytes);
}

function withoutEmulationPrevention(unit: Buffer): Buffer {
  return Buffer.from(
    [...unit].filter((byte, at) => !(byte === 3 && at > 1 && unit[at - 1] === 0 && unit[at - 2] === 0)),
  );
}
