import { RtmpFault } from './rtmp-fault';
import { messageTypes, type RtmpMessage } from './rtmp-message';

/** RTMP 1.0, 5.4.1: larger chunk sizes are all the same, because no message is longer. */
const chunkSizeMax = 0xffffff;
/** Encoders use up to six. */
const chunkStreamsMax = 64;
/** The protocol's own control messages are four bytes; a little more room costs nothing. */
const controlBytesMax = 16;
const extendedMark = 0xffffff;
const messageHeaderBytes = [11, 7, 3, 0] as const;

/** What is remembered of a chunk stream between its chunks. */
type ChunkStream = {
  timestampMs: number;
  deltaMs: number;
  isExtended: boolean;
  length: number;
  typeId: number;
  messageStreamId: number;
  /** the message being put together; grows as its bytes come, so that a length alone takes no memory */
  body: Buffer;
  filled: number;
  isOpen: boolean;
};

type Limits = {
  /** the longest message that is taken, in bytes */
  messageBytesMax: number;
  /** all messages that are begun and not complete, in bytes */
  openBytesMax: number;
};

/**
 * Puts messages together from chunks (RTMP 1.0, 5.3). Set Chunk Size and Abort are obeyed here, because they change how the
 * bytes after them are read; they are handed on all the same.
 */
export class ChunkReader {
  #chunkSize = 128;
  #held: Buffer = Buffer.alloc(0);
  #streams = new Map<number, ChunkStream>();
  #openBytes = 0;
  /** the chunk whose payload is being read */
  #reading: { stream: ChunkStream; remaining: number } | null = null;

  /** May be widened once the peer is known. */
  constructor(public limits: Limits) {}

  /**
   * The messages that `bytes` complete, one at a time: what follows a message is not looked at before the next one is asked
   * for, so limits may change between two.
   *
   * @throws RtmpFault at a broken chunk or a bound; the reader is then of no more use
   */
  *push(bytes: Buffer): Generator<RtmpMessage> {
    this.#held = this.#held.byteLength === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    for (;;) {
      const hasHeader = this.#reading !== null || this.#readHeader();
      if (!hasHeader) {
        // A copy: a few bytes of a header must not keep the whole read alive.
        this.#held = Buffer.from(this.#held);
        return;
      }
      const message = this.#readPayload();
      if (message !== null) {
        this.#obey(message);
        yield message;
      } else if (this.#reading !== null) {
        return;
      }
    }
  }

  /** Reads the head of a chunk if all of it is there. */
  #readHeader(): boolean {
    const basic = readBasicHeader(this.#held);
    if (basic === null) {
      return false;
    }
    const known = this.#streams.get(basic.chunkStreamId);
    const fieldsBytes = messageHeaderBytes[basic.format];
    const fieldsEnd = basic.bytes + fieldsBytes;
    if (this.#held.byteLength < fieldsEnd) {
      return false;
    }
    const fields = this.#held.subarray(basic.bytes, fieldsEnd);
    const isExtended = basic.format === 3 ? (known?.isExtended ?? false) : fields.readUIntBE(0, 3) === extendedMark;
    const headerBytes = fieldsEnd + (isExtended ? 4 : 0);
    if (this.#held.byteLength < headerBytes) {
      return false;
    }
    const extendedMs = isExtended ? this.#held.readUInt32BE(fieldsEnd) : null;
    if (known === undefined && basic.format !== 0) {
      throw new RtmpFault(
        `a chunk stream begins with a header of type ${basic.format}, which leaves out what it needs`,
      );
    }
    const stream = known ?? this.#newStream(basic.chunkStreamId);
    if (stream.isOpen && basic.format !== 3) {
      throw new RtmpFault('a new message begins in a chunk stream whose last one is not complete');
    }
    if (!stream.isOpen) {
      stream.isExtended = isExtended;
      readFields(stream, basic.format, fields, extendedMs);
      this.#begin(stream);
    }
    this.#held = this.#held.subarray(headerBytes);
    this.#reading = { stream, remaining: Math.min(this.#chunkSize, stream.length - stream.filled) };
    return true;
  }

  #newStream(chunkStreamId: number): ChunkStream {
    if (this.#streams.size >= chunkStreamsMax) {
      throw new RtmpFault(`more than ${chunkStreamsMax} chunk streams`);
    }
    const stream = {
      ...{ timestampMs: 0, deltaMs: 0, isExtended: false, length: 0, typeId: 0, messageStreamId: 0 },
      ...{ body: Buffer.alloc(0), filled: 0, isOpen: false },
    };
    this.#streams.set(chunkStreamId, stream);
    return stream;
  }

  #begin(stream: ChunkStream): void {
    const isControl = stream.typeId < messageTypes.audio;
    if (stream.length > (isControl ? controlBytesMax : this.limits.messageBytesMax)) {
      throw new RtmpFault(`a message of ${stream.length} bytes is too long here`);
    }
    stream.isOpen = true;
    stream.filled = 0;
    stream.body = Buffer.alloc(0);
  }

  /** Moves payload from what is held into the open message; the message once it is complete. */
  #readPayload(): RtmpMessage | null {
    const reading = this.#reading;
    if (reading === null) {
      return null;
    }
    const { stream } = reading;
    const count = Math.min(reading.remaining, this.#held.byteLength);
    if (this.#openBytes + count > this.limits.openBytesMax) {
      throw new RtmpFault(`incomplete messages hold more than ${this.limits.openBytesMax} bytes`);
    }
    makeRoom(stream, count);
    this.#held.copy(stream.body, stream.filled, 0, count);
    this.#held = this.#held.subarray(count);
    stream.filled += count;
    this.#openBytes += count;
    reading.remaining -= count;
    if (reading.remaining > 0) {
      return null;
    }
    this.#reading = null;
    return stream.filled === stream.length ? this.#complete(stream) : null;
  }

  #complete(stream: ChunkStream): RtmpMessage {
    const { typeId, messageStreamId, timestampMs, body, filled } = stream;
    this.#close(stream);
    return { typeId, messageStreamId, timestampMs, payload: body.subarray(0, filled) };
  }

  #close(stream: ChunkStream): void {
    this.#openBytes -= stream.filled;
    stream.isOpen = false;
    stream.filled = 0;
    stream.body = Buffer.alloc(0);
  }

  #obey({ typeId, payload }: RtmpMessage): void {
    if (typeId === messageTypes.setChunkSize) {
      const size = payload.byteLength >= 4 ? payload.readUInt32BE(0) : 0;
      if (size < 1 || size > 0x7fffffff) {
        throw new RtmpFault('Set Chunk Size: must be 1 to 2147483647');
      }
      this.#chunkSize = Math.min(size, chunkSizeMax);
    } else if (typeId === messageTypes.abort && payload.byteLength >= 4) {
      const stream = this.#streams.get(payload.readUInt32BE(0));
      if (stream?.isOpen) {
        this.#close(stream);
      }
    }
  }
}

/** RTMP 1.0, 5.3.1.1: one to three bytes, least significant byte first in the longest form. */
function readBasicHeader(held: Buffer): { format: 0 | 1 | 2 | 3; chunkStreamId: number; bytes: number } | null {
  const [first, second, third] = held;
  if (first === undefined) {
    return null;
  }
  const format = (first >> 6) as 0 | 1 | 2 | 3;
  const short = first & 0x3f;
  if (short > 1) {
    return { format, chunkStreamId: short, bytes: 1 };
  }
  if (short === 0) {
    return second === undefined ? null : { format, chunkStreamId: second + 64, bytes: 2 };
  }
  if (second === undefined || third === undefined) {
    return null;
  }
  return { format, chunkStreamId: third * 256 + second + 64, bytes: 3 };
}

/** RTMP 1.0, 5.3.1.2: each type of header leaves out more of what the chunk stream said before. */
function readFields(stream: ChunkStream, format: 0 | 1 | 2 | 3, fields: Buffer, extendedMs: number | null): void {
  if (format <= 1) {
    stream.length = fields.readUIntBE(3, 3);
    stream.typeId = fields.readUInt8(6);
  }
  if (format === 0) {
    stream.messageStreamId = fields.readUInt32LE(7);
    stream.timestampMs = extendedMs ?? fields.readUIntBE(0, 3);
    // 5.3.1.2.4: a type 3 header after a type 0 one repeats its timestamp as the delta.
    stream.deltaMs = stream.timestampMs;
    return;
  }
  if (format !== 3) {
    stream.deltaMs = extendedMs ?? fields.readUIntBE(0, 3);
  }
  stream.timestampMs = (stream.timestampMs + stream.deltaMs) % 2 ** 32;
}

/** Room for `count` more bytes, doubled each time and never more than the message declares. */
function makeRoom(stream: ChunkStream, count: number): void {
  const needed = stream.filled + count;
  if (needed <= stream.body.byteLength) {
    return;
  }
  const larger = Buffer.allocUnsafe(Math.min(stream.length, Math.max(needed, stream.body.byteLength * 2, 256)));
  stream.body.copy(larger, 0, 0, stream.filled);
  stream.body = larger;
}
