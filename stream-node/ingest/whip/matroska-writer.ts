import type { VideoConfig } from './media-frame';

// Matroska (RFC 9559) that is only ever added to: a segment and clusters of unknown size, as live recorders write it. Each
// block goes out by itself, for a muxer that sorts tracks holds the one back while the other is silent.

const elementIds = {
  ebml: 0x1a45dfa3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  codecDelay: 0x56aa,
  seekPreRoll: 0x56bb,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

const trackNumbers = { video: 1, audio: 2 } as const;
const trackTypes = { video: 1, audio: 2 } as const;
/** eight bytes of ones: "not known" (RFC 8794, 6.2) */
const unknownSize = Buffer.from('01ffffffffffffff', 'hex');
const millisecond = 1_000_000;

/** What every Opus encoder looks ahead at 48 kHz, as libopus does: sound is that much later than its timestamps say. */
const opusPreSkipSamples = 312;
const opusPreSkipNanoseconds = (opusPreSkipSamples / 48_000) * 1_000_000_000;
const opusPreRollNanoseconds = 80 * millisecond;

/** A cluster without a keyframe is ended after this, since a block's time is 16 bits of milliseconds from its cluster. */
const clusterMsMax = 10_000;
/** Sound alone can be decoded from any block, and each cluster is a place to begin at. */
const audioClusterMs = 1000;

export type MatroskaTracks = { readonly video: VideoConfig | null; readonly hasAudio: boolean };

export type MatroskaBlock = {
  readonly kind: 'audio' | 'video';
  /** from the container's zero, in whole milliseconds */
  readonly timeMs: number;
  readonly isKeyframe: boolean;
  readonly bytes: Buffer;
};

/** Writes one file. */
export class MatroskaWriter {
  #clusterMs: number | null = null;

  constructor(private readonly tracks: MatroskaTracks) {}

  /** What comes before the first cluster. */
  head(): Buffer {
    const { video, hasAudio } = this.tracks;
    return Buffer.concat([
      element(elementIds.ebml, [
        element(elementIds.docType, Buffer.from('matroska')),
        unsigned(elementIds.docTypeVersion, 4),
        unsigned(elementIds.docTypeReadVersion, 2),
      ]),
      idBytes(elementIds.segment),
      unknownSize,
      element(elementIds.info, [
        unsigned(elementIds.timestampScale, millisecond),
        element(elementIds.muxingApp, Buffer.from('zyzz')),
        element(elementIds.writingApp, Buffer.from('zyzz')),
      ]),
      element(elementIds.tracks, [...(video ? [videoEntry(video)] : []), ...(hasAudio ? [audioEntry()] : [])]),
    ]);
  }

  /** One block, behind the head of a new cluster where one is due. */
  block({ kind, timeMs, isKeyframe, bytes }: MatroskaBlock): Buffer {
    const cluster = this.#clusterFor(kind, timeMs, isKeyframe);
    const head = Buffer.alloc(4);
    head.writeUInt8(0x80 | trackNumbers[kind], 0);
    head.writeInt16BE(timeMs - (this.#clusterMs ?? 0), 1);
    head.writeUInt8(isKeyframe ? 0x80 : 0, 3);
    return Buffer.concat([...cluster, ...elementParts(elementIds.simpleBlock, [head, bytes])]);
  }

  /** A picture's keyframe begins a cluster: from there on everything can be decoded. */
  #clusterFor(kind: 'audio' | 'video', timeMs: number, isKeyframe: boolean): Buffer[] {
    const ageMs = this.#clusterMs === null ? Number.POSITIVE_INFINITY : timeMs - this.#clusterMs;
    const isEntry = kind === 'video' && isKeyframe;
    const ageMsMax = this.tracks.video === null ? audioClusterMs : clusterMsMax;
    if (!isEntry && ageMs < ageMsMax && ageMs > -clusterMsMax) {
      return [];
    }
    this.#clusterMs = timeMs;
    return [idBytes(elementIds.cluster), unknownSize, unsigned(elementIds.timestamp, timeMs)];
  }
}

function videoEntry({ codec, width, height, description }: VideoConfig): Buffer {
  return element(elementIds.trackEntry, [
    ...trackHead('video'),
    element(elementIds.codecId, Buffer.from(codec === 'h264' ? 'V_MPEG4/ISO/AVC' : 'V_VP8')),
    ...(description === null ? [] : [element(elementIds.codecPrivate, description)]),
    element(elementIds.video, [unsigned(elementIds.pixelWidth, width), unsigned(elementIds.pixelHeight, height)]),
  ]);
}

function audioEntry(): Buffer {
  const frequency = Buffer.alloc(8);
  frequency.writeDoubleBE(48_000);
  return element(elementIds.trackEntry, [
    ...trackHead('audio'),
    element(elementIds.codecId, Buffer.from('A_OPUS')),
    element(elementIds.codecPrivate, opusHead()),
    unsigned(elementIds.codecDelay, opusPreSkipNanoseconds),
    unsigned(elementIds.seekPreRoll, opusPreRollNanoseconds),
    element(elementIds.audio, [element(elementIds.samplingFrequency, frequency), unsigned(elementIds.channels, 2)]),
  ]);
}

function trackHead(kind: 'audio' | 'video'): Buffer[] {
  return [
    unsigned(elementIds.trackNumber, trackNumbers[kind]),
    unsigned(elementIds.trackUid, trackNumbers[kind]),
    unsigned(elementIds.trackType, trackTypes[kind]),
    unsigned(elementIds.flagLacing, 0),
  ];
}

/** RFC 7845, 5.1. Two channels always: that is what RTP announces, and a packet of one channel fills both. */
function opusHead(): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(2, 9);
  head.writeUInt16LE(opusPreSkipSamples, 10);
  head.writeUInt32LE(48_000, 12);
  return head;
}

function unsigned(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.max(0, Math.round(value))));
  const first = bytes.findIndex((byte) => byte !== 0);
  return element(id, bytes.subarray(first < 0 ? 7 : first));
}

function element(id: number, content: Buffer | readonly Buffer[]): Buffer {
  return Buffer.concat(elementParts(id, Buffer.isBuffer(content) ? [content] : content));
}

function elementParts(id: number, parts: readonly Buffer[]): Buffer[] {
  const size = Buffer.alloc(4);
  // Four bytes of size, 28 bits: more than a frame may have.
  size.writeUInt32BE((0x10000000 | parts.reduce((sum, { byteLength }) => sum + byteLength, 0)) >>> 0);
  return [idBytes(id), size, ...parts];
}

function idBytes(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}
