import { FlvSplitter } from '../ingest/rtmp/flv-splitter';
import { encodeFlvTag, readFlvTag } from '../ingest/rtmp/flv-tag';
import { inspectVideo } from '../ingest/rtmp/media-payload';

/** Frame type, packet type and composition time, then what an `avcC` has before its first SPS (ISO/IEC 14496-15, 5.3.3.1). */
const beforeSpsLength = 5 + 6;
/** NAL unit header, profile, constraints and level. */
const spsFixedBits = 32;

/** The same H.264 of the baseline profile in FLV, with no word about its rate: its SPS has no `vui_parameters`, as phones send it. */
export function withoutPictureTiming(flv: Buffer): Buffer {
  const pieces = new FlvSplitter().push(flv).map((piece) => {
    const tag = readFlvTag(piece);
    const media = tag?.kind === 'video' ? inspectVideo(tag.payload) : undefined;
    return tag !== null && media?.kind === 'media' && media.isConfig
      ? encodeFlvTag({ ...tag, payload: withoutVui(tag.payload) })
      : piece;
  });
  return Buffer.concat(pieces);
}

function withoutVui(payload: Buffer): Buffer {
  const spsAt = beforeSpsLength + 2;
  const end = spsAt + payload.readUInt16BE(beforeSpsLength);
  const sps = bitsBeforeVui(payload.subarray(spsAt, end));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sps.byteLength);
  return Buffer.concat([payload.subarray(0, beforeSpsLength), length, sps, payload.subarray(end)]);
}

/** A `seq_parameter_set_rbsp` (ISO/IEC 14496-10, 7.3.2.1.1) up to `vui_parameters_present_flag`, which is 0 now, and its trailing bits. */
function bitsBeforeVui(sps: Buffer): Buffer {
  const bits = [...sps].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let at = spsFixedBits;
  const u = (count: number) => {
    at += count;
    return Number.parseInt(bits.slice(at - count, at), 2);
  };
  const ue = () => {
    const zeros = bits.indexOf('1', at) - at;
    at += zeros;
    return u(zeros + 1) - 1;
  };
  ue(); // seq_parameter_set_id
  ue(); // log2_max_frame_num_minus4
  if (ue() === 0) {
    ue(); // log2_max_pic_order_cnt_lsb_minus4
  }
  ue(); // max_num_ref_frames
  u(1); // gaps_in_frame_num_value_allowed_flag
  ue(); // pic_width_in_mbs_minus1
  ue(); // pic_height_in_map_units_minus1
  if (u(1) === 0) {
    u(1); // mb_adaptive_frame_field_flag
  }
  u(1); // direct_8x8_inference_flag
  if (u(1) === 1) {
    ue();
    ue();
    ue();
    ue(); // frame_crop_*_offset
  }
  const kept = `${bits.slice(0, at)}01`;
  const bytes = kept.padEnd(Math.ceil(kept.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
