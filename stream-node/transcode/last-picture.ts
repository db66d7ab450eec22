import type { FrameRate } from '../contract/profiles';
import { readElement, readUnsigned } from '../ingest/ebml-element';
import { framesPerSecond } from './frame-rate';

// RFC 9559, 5.1
const ids = {
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackType: 0x83,
  defaultDuration: 0x23e383,
  cluster: 0x1f43b675,
  crc32: 0xbf,
} as const;
const videoTrackType = 1;
/** eight bytes of ones: "not known" (RFC 8794, 6.2) */
const unknownSize = Buffer.from('01ffffffffffffff', 'hex');
/** A picture that says it lasts longer is not believed. */
const saidNanosecondsMax = 1_000_000_000;
/** A head that is longer is let through as it is. */
const headBytesMax = 1024 * 1024;

/**
 * Gives a recorder's last picture a length. A block of Matroska lasts until the next one comes; where the track does not say how
 * long a picture lasts, and no browser's does, the last one lasts a millisecond to ffmpeg, ends in the slot in which it begins, and
 * `fps` drops it. So the track is made to say it (`DefaultDuration`): a slot of the output's rate. All other bytes go through
 * untouched.
 */
export class LastPicture {
  /** the head so far; `null` once it went on */
  #head: Buffer | null = Buffer.alloc(0);

  constructor(private readonly frameRate: FrameRate) {}

  /** @returns what may go on to the decoder; nothing while the head is not whole */
  push(bytes: Buffer): Buffer {
    if (this.#head === null) {
      return bytes;
    }
    const head = Buffer.concat([this.#head, bytes]);
    const stated = withPictureLength(head, slotNanoseconds(this.frameRate));
    if (stated === 'short' && head.byteLength <= headBytesMax) {
      this.#head = head;
      return Buffer.alloc(0);
    }
    this.#head = null;
    return stated === 'short' ? head : stated;
  }

  /** The source is over. @returns what was held back of a head that never became whole */
  end(): Buffer {
    const head = this.#head ?? Buffer.alloc(0);
    this.#head = null;
    return head;
  }
}

/** Whole milliseconds, as blocks are dated, and rather a little too long: what is too short loses the picture. */
function slotNanoseconds(frameRate: FrameRate): number {
  return Math.ceil(1000 / framesPerSecond(frameRate)) * 1_000_000;
}

type Element = { id: number; idBytes: Buffer; payload: Buffer };

/** The same file, whose tracks of pictures all last as long as that, or longer if they say so; as it is where it cannot be read. */
function withPictureLength(head: Buffer, nanoseconds: number): Buffer | 'short' {
  const before: Buffer[] = [];
  for (let at = 0; ; ) {
    const element = readElement(head.subarray(at));
    if (element === 'short') {
      return 'short';
    }
    if (element === 'bad' || element.id === ids.cluster) {
      return head;
    }
    const { id, headBytes, payloadBytes } = element;
    if (id === ids.segment) {
      // It grows: a size that it states would cut its end off.
      before.push(head.subarray(at, at + 4), unknownSize);
      at += headBytes;
      continue;
    }
    if (payloadBytes === null) {
      return head;
    }
    const end = at + headBytes + payloadBytes;
    if (end > head.byteLength) {
      return 'short';
    }
    if (id === ids.tracks) {
      const tracks = statedTracks(head.subarray(at + headBytes, end), nanoseconds);
      return tracks === null ? head : Buffer.concat([...before, tracks, head.subarray(end)]);
    }
    before.push(head.subarray(at, end));
    at = end;
  }
}

/** @returns `null` for what cannot be read */
function statedTracks(payload: Buffer, nanoseconds: number): Buffer | null {
  const children = childrenOf(payload);
  const stated: Buffer[] = [];
  for (const child of children ?? []) {
    const fields = child.id === ids.trackEntry ? childrenOf(child.payload) : [];
    if (fields === null) {
      return null;
    }
    const isVideo = fields.some(
      ({ id, payload: type }) => id === ids.trackType && readUnsigned(type) === videoTrackType,
    );
    if (isVideo) {
      stated.push(written({ ...child, payload: statedEntry(fields, nanoseconds) }));
    } else if (child.id !== ids.crc32) {
      stated.push(written(child));
    }
  }
  const idBytes = Buffer.alloc(4);
  idBytes.writeUInt32BE(ids.tracks);
  return children && written({ id: ids.tracks, idBytes, payload: Buffer.concat(stated) });
}

function statedEntry(fields: readonly Element[], nanoseconds: number): Buffer {
  const said = fields.find(({ id }) => id === ids.defaultDuration);
  const saidNanoseconds = said === undefined ? 0 : readUnsigned(said.payload);
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(saidNanoseconds > saidNanosecondsMax ? nanoseconds : Math.max(nanoseconds, saidNanoseconds));
  const idBytes = Buffer.from(ids.defaultDuration.toString(16), 'hex');
  const others = fields.filter(({ id }) => id !== ids.defaultDuration && id !== ids.crc32);
  return Buffer.concat([...others.map(written), written({ id: ids.defaultDuration, idBytes, payload })]);
}

/** @returns `null` where one is broken or longer than what holds it */
function childrenOf(payload: Buffer): Element[] | null {
  const children: Element[] = [];
  for (let at = 0; at < payload.byteLength; ) {
    const element = readElement(payload.subarray(at));
    if (element === 'short' || element === 'bad' || element.payloadBytes === null) {
      return null;
    }
    const { id, headBytes, payloadBytes } = element;
    const begin = at + headBytes;
    if (begin + payloadBytes > payload.byteLength) {
      return null;
    }
    const idBytes = payload.subarray(at, at + Math.ceil(id.toString(16).length / 2));
    children.push({ id, idBytes, payload: payload.subarray(begin, begin + payloadBytes) });
    at = begin + payloadBytes;
  }
  return children;
}

function written({ idBytes, payload }: Element): Buffer {
  const size = Buffer.alloc(4);
  // Four bytes of size, 28 bits: more than a head may have.
  size.writeUInt32BE((0x10000000 | payload.byteLength) >>> 0);
  return Buffer.concat([idBytes, size, payload]);
}
