import { joined } from '../joined-bytes';
import type { EncodedSample } from './encoded-sample';
import type { PictureCodec } from './picture-codec';

const ids = {
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

type Kind = EncodedSample['kind'];

const trackNumbers: Readonly<Record<Kind, number>> = { video: 1, audio: 2 };
const trackTypes: Readonly<Record<Kind, number>> = { video: 1, audio: 2 };
const pictureIds: Readonly<Record<PictureCodec, string>> = { avc: 'V_MPEG4/ISO/AVC', vp8: 'V_VP8' };
/** eight bytes of ones: "not known" (RFC 8794, 6.2) */
const unknownSize = new Uint8Array([1, 255, 255, 255, 255, 255, 255, 255]);
const nanosecondsPerMs = 1_000_000;
/** What an Opus decoder needs before it is true (RFC 7845, 4.6). */
const opusPreRollMs = 80;
/** Sound alone can be decoded from any block: each cluster is a place where a node can begin anew. */
const audioClusterMs = 1000;
/** A block's time is 16 bits of milliseconds from its cluster, either way. */
const clusterMsMax = 10_000;

/**
 * Writes encoded samples as Matroska (RFC 9559) that only ever grows: a segment and clusters of unknown size, as live recorders do.
 * Each block goes out at once. A muxer that sorts the tracks holds a sample back until the other one has come as far, the
 * sound for a frame of the picture and the picture for a packet of the sound; no reader of ours needs them sorted.
 */
export class MatroskaWriter {
  readonly #picture: PictureCodec | null;
  readonly #configs = new Map<Kind, VideoDecoderConfig | AudioDecoderConfig>();
  /** what came before every track had told how it is coded; null once the head is written */
  #early: { sample: EncodedSample; timeMs: number }[] | null = [];
  #clusterMs: number | null = null;
  #pieces: Uint8Array[] = [];

  /** @param picture null: sound alone */
  constructor(picture: PictureCodec | null) {
    this.#picture = picture;
  }

  /** @param containerMs container time of the sample, never negative */
  write(sample: EncodedSample, containerMs: number): void {
    const timeMs = Math.round(containerMs);
    if (this.#early === null) {
      this.#block(sample, timeMs);
      return;
    }
    if (sample.decoderConfig !== undefined) {
      this.#configs.set(sample.kind, sample.decoderConfig);
    }
    this.#early.push({ sample, timeMs });
    const kinds: Kind[] = this.#picture === null ? ['audio'] : ['video', 'audio'];
    if (kinds.every((kind) => this.#configs.has(kind))) {
      const early = this.#early;
      this.#early = null;
      this.#pieces.push(this.#head(kinds));
      for (const each of early) {
        this.#block(each.sample, each.timeMs);
      }
    }
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    const pieces = this.#pieces;
    this.#pieces = [];
    return joined(pieces);
  }

  #head(kinds: Kind[]): Uint8Array {
    return joined([
      element(ids.ebml, [
        element(ids.docType, [text('matroska')]),
        unsigned(ids.docTypeVersion, 4),
        unsigned(ids.docTypeReadVersion, 2),
      ]),
      idBytes(ids.segment),
      unknownSize,
      element(ids.info, [
        unsigned(ids.timestampScale, nanosecondsPerMs),
        element(ids.muxingApp, [text('zyzz')]),
        element(ids.writingApp, [text('zyzz')]),
      ]),
      element(
        ids.tracks,
        kinds.map((kind) => this.#entry(kind)),
      ),
    ]);
  }

  #entry(kind: Kind): Uint8Array {
    const config = this.#configs.get(kind);
    const description = config?.description === undefined ? [] : [bytesOf(config.description)];
    return element(ids.trackEntry, [
      unsigned(ids.trackNumber, trackNumbers[kind]),
      unsigned(ids.trackUid, trackNumbers[kind]),
      unsigned(ids.trackType, trackTypes[kind]),
      unsigned(ids.flagLacing, 0),
      element(ids.codecId, [text(kind === 'audio' || this.#picture === null ? 'A_OPUS' : pictureIds[this.#picture])]),
      ...description.map((bytes) => element(ids.codecPrivate, [bytes])),
      ...(config !== undefined && 'sampleRate' in config ? soundOf(config) : pictureOf(config)),
    ]);
  }

  #block({ kind, bytes, isKey }: EncodedSample, timeMs: number): void {
    this.#beginClusterWhereDue(kind, timeMs, isKey);
    const head = new DataView(new ArrayBuffer(4));
    head.setUint8(0, 0x80 | trackNumbers[kind]);
    head.setInt16(1, timeMs - (this.#clusterMs ?? 0));
    head.setUint8(3, isKey ? 0x80 : 0);
    this.#pieces.push(element(ids.simpleBlock, [bytesOf(head), bytes]));
  }

  /** A picture's keyframe begins a cluster: from there on everything can be decoded. */
  #beginClusterWhereDue(kind: Kind, timeMs: number, isKey: boolean): void {
    const ageMs = this.#clusterMs === null ? Number.POSITIVE_INFINITY : timeMs - this.#clusterMs;
    const isEntry = kind === 'video' && isKey;
    const ageMsMax = this.#picture === null ? audioClusterMs : clusterMsMax;
    if (isEntry || ageMs >= ageMsMax || ageMs <= -clusterMsMax) {
      this.#clusterMs = timeMs;
      this.#pieces.push(idBytes(ids.cluster), unknownSize, unsigned(ids.timestamp, timeMs));
    }
  }
}

function soundOf({ sampleRate, numberOfChannels }: AudioDecoderConfig): Uint8Array[] {
  const frequency = new DataView(new ArrayBuffer(8));
  frequency.setFloat64(0, sampleRate);
  return [
    unsigned(ids.seekPreRoll, opusPreRollMs * nanosecondsPerMs),
    element(ids.audio, [
      element(ids.samplingFrequency, [bytesOf(frequency)]),
      unsigned(ids.channels, numberOfChannels),
    ]),
  ];
}

function pictureOf(config: VideoDecoderConfig | AudioDecoderConfig | undefined): Uint8Array[] {
  const { codedWidth = 0, codedHeight = 0 } = config === undefined || 'sampleRate' in config ? {} : config;
  return [element(ids.video, [unsigned(ids.pixelWidth, codedWidth), unsigned(ids.pixelHeight, codedHeight)])];
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

function unsigned(id: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(Math.max(0, Math.round(value))));
  const bytes = bytesOf(view);
  const first = bytes.findIndex((byte) => byte !== 0);
  return element(id, [bytes.subarray(first < 0 ? 7 : first)]);
}

function element(id: number, content: readonly Uint8Array[]): Uint8Array {
  const size = new DataView(new ArrayBuffer(4));
  // Four bytes of size, 28 bits: more than a frame may have.
  size.setUint32(0, (0x10000000 | content.reduce((sum, { byteLength }) => sum + byteLength, 0)) >>> 0);
  return joined([idBytes(id), bytesOf(size), ...content]);
}

function idBytes(id: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, id);
  const bytes = bytesOf(view);
  return bytes.subarray(bytes.findIndex((byte) => byte !== 0));
}
