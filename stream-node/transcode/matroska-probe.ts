import type { FrameRate } from '../contract/profiles';
import { readElement, readUnsigned } from '../ingest/ebml-element';
import { assumedFrameRate, framesPerSecond, isSaneFrameRate, snapFrameRate } from './frame-rate';
import type { ProbedSource } from './probed-source';

// RFC 9559, 5.1
const ids = {
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  codecId: 0x86,
  codecDelay: 0x56aa,
  defaultDuration: 0x23e383,
  contentEncodings: 0x6d80,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  projection: 0x7670,
  cropBottom: 0x54aa,
  cropTop: 0x54bb,
  cropLeft: 0x54cc,
  cropRight: 0x54dd,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

const descended: ReadonlySet<number> = new Set([
  ...[ids.segment, ids.info, ids.tracks, ids.trackEntry, ids.video, ids.audio, ids.cluster, ids.blockGroup],
]);
/** What makes a picture look other than its pixels, or a block other than its frame. */
const unusual: ReadonlySet<number> = new Set([
  ...[ids.projection, ids.cropBottom, ids.cropTop, ids.cropLeft, ids.cropRight, ids.contentEncodings],
]);
/** RFC 9559, 10.2 */
const lacingFlags = 0x06;
const videoTrackType = 1;
const audioTrackType = 2;
/** as ffprobe calls them */
const codecNames: Readonly<Record<string, string>> = {
  'V_MPEG4/ISO/AVC': 'h264',
  V_VP8: 'vp8',
  V_VP9: 'vp9',
  A_OPUS: 'opus',
};
/** Among so many are frames enough to tell where on the grid of their rate they lie. */
const blocksRead = 64;

type Track = {
  number?: number;
  type?: number;
  codec?: string;
  delayTicks: number;
  width?: number;
  height?: number;
  sampleRate?: number;
  channels: number;
  /** the container names the rate of its frames: no recorder of a browser does */
  saysRate: boolean;
  times: number[];
};

/**
 * What the first bytes of a browser's recording are made of, read here: a process for it costs a broadcaster a fifth of a second
 * between the click and the first picture.
 *
 * @returns `null` where something is unusual, or not known without decoding: ffprobe then tells
 */
export function probeMatroska(bytes: Buffer, hint: { frameRate?: FrameRate | undefined } = {}): ProbedSource | null {
  const tracks = readTracks(bytes);
  if (tracks === null || tracks.length === 0) {
    return null;
  }
  const probed: ProbedSource = {};
  for (const track of tracks) {
    const { type, codec, width, height, sampleRate, channels, times } = track;
    // A canvas, a virtual camera and many a shared screen name no rate, and ffprobe would find none either.
    const frameRate = hint.frameRate ?? (track.saysRate ? undefined : assumedFrameRate);
    if (codec === undefined) {
      return null;
    }
    if (type === videoTrackType && probed.video === undefined && width && height && frameRate) {
      if (!isSaneFrameRate(framesPerSecond(frameRate))) {
        return null;
      }
      const rate = snapFrameRate(framesPerSecond(frameRate));
      probed.video = { codec, width, height, frameRate: rate, frameSeconds: times };
    } else if (type === audioTrackType && probed.audio === undefined && sampleRate) {
      const [startSeconds] = times;
      probed.audio = { codec, channels, sampleRate, ...(startSeconds !== undefined && { startSeconds }) };
    } else {
      return null;
    }
  }
  return probed;
}

/** Every track, with the times of its first blocks in seconds; `null` where the bytes are not read here. */
function readTracks(bytes: Buffer): Track[] | null {
  const tracks: Track[] = [];
  let scaleNanoseconds = 1_000_000;
  let clusterTicks = 0;
  let blocks = 0;
  for (let at = 0; at < bytes.byteLength && blocks < blocksRead; ) {
    const element = readElement(bytes.subarray(at));
    if (element === 'bad') {
      return null;
    }
    if (element === 'short') {
      break;
    }
    const { id, headBytes, payloadBytes } = element;
    at += headBytes;
    if (descended.has(id)) {
      if (id === ids.trackEntry) {
        tracks.push({ delayTicks: 0, channels: 1, saysRate: false, times: [] });
      }
      continue;
    }
    if (unusual.has(id) || payloadBytes === null) {
      return null;
    }
    const payload = bytes.subarray(at, at + payloadBytes);
    at += payloadBytes;
    if (id === ids.simpleBlock || id === ids.block) {
      blocks += 1;
      if (!noteBlock(payload, { tracks, clusterTicks, scaleNanoseconds })) {
        return null;
      }
    } else if (id === ids.timestamp) {
      clusterTicks = readUnsigned(payload);
    } else if (id === ids.timestampScale) {
      scaleNanoseconds = readUnsigned(payload);
    } else if (payload.byteLength === payloadBytes) {
      noteTrack(tracks.at(-1), id, payload, scaleNanoseconds);
    }
  }
  return tracks;
}

function noteTrack(track: Track | undefined, id: number, payload: Buffer, scaleNanoseconds: number): void {
  if (track === undefined || payload.byteLength > 64) {
    return;
  }
  switch (id) {
    case ids.trackNumber:
      track.number = readUnsigned(payload);
      return;
    case ids.trackType:
      track.type = readUnsigned(payload);
      return;
    case ids.codecId: {
      const codec = codecNames[payload.toString('latin1').replace(/\0+$/, '')];
      if (codec !== undefined) {
        track.codec = codec;
      }
      return;
    }
    case ids.codecDelay:
      track.delayTicks = Math.round(readUnsigned(payload) / scaleNanoseconds);
      return;
    case ids.defaultDuration:
      track.saysRate = true;
      return;
    case ids.pixelWidth:
      track.width = readUnsigned(payload);
      return;
    case ids.pixelHeight:
      track.height = readUnsigned(payload);
      return;
    case ids.channels:
      track.channels = readUnsigned(payload);
      return;
    case ids.samplingFrequency:
      track.sampleRate = readFloat(payload);
      return;
    default:
  }
}

/** RFC 8794, 7.3 */
function readFloat(payload: Buffer): number {
  return payload.byteLength === 8 ? payload.readDoubleBE() : payload.byteLength === 4 ? payload.readFloatBE() : 0;
}

type Reading = { tracks: readonly Track[]; clusterTicks: number; scaleNanoseconds: number };

/** @returns false where a block holds more than one frame */
function noteBlock(block: Buffer, { tracks, clusterTicks, scaleNanoseconds }: Reading): boolean {
  const trackBytes = Math.clz32((block[0] ?? 0) << 24) + 1;
  if (trackBytes > 4 || block.byteLength < trackBytes + 3) {
    return true;
  }
  const number = readUnsigned(block.subarray(0, trackBytes)) - 2 ** (7 * trackBytes);
  const track = tracks.find((one) => one.number === number);
  const ticks = clusterTicks + block.readInt16BE(trackBytes) - (track?.delayTicks ?? 0);
  track?.times.push(Math.round((ticks * scaleNanoseconds) / 1000) / 1_000_000);
  return ((block[trackBytes + 2] ?? 0) & lacingFlags) === 0;
}
