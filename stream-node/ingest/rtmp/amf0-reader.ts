import { type Amf0Value, amf0Markers as markers } from './amf0-value';
import { RtmpFault } from './rtmp-fault';

/** Encoders nest one object in a command; what is deeper or longer than this is no encoder's. */
const depthMax = 8;
const valuesMax = 512;
const stringBytesMax = 8 * 1024;

/**
 * All values of a message (AMF0, 2). References, typed objects and XML are in no encoder's commands and are refused.
 *
 * @throws RtmpFault when the bytes are not AMF0, or break a bound
 */
export function readAmf0(bytes: Buffer): Amf0Value[] {
  const reader = new Amf0Reader(bytes);
  const values: Amf0Value[] = [];
  while (!reader.isAtEnd) {
    values.push(reader.value(0));
  }
  return values;
}

class Amf0Reader {
  #at = 0;
  #count = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.#at >= this.bytes.byteLength;
  }

  value(depth: number): Amf0Value {
    this.#count += 1;
    if (depth > depthMax || this.#count > valuesMax) {
      throw new RtmpFault(`AMF0: more than ${depth > depthMax ? `${depthMax} levels` : `${valuesMax} values`}`);
    }
    const marker = this.#take(1).readUInt8(0);
    switch (marker) {
      case markers.number:
        return this.#take(8).readDoubleBE(0);
      case markers.boolean:
        return this.#take(1).readUInt8(0) !== 0;
      case markers.string:
        return this.#string(this.#take(2).readUInt16BE(0));
      case markers.longString:
        return this.#string(this.#take(4).readUInt32BE(0));
      case markers.object:
        return this.#object(depth);
      case markers.ecmaArray:
        // The count is a hint (2.10): the end marker is what ends it.
        this.#take(4);
        return this.#object(depth);
      case markers.strictArray:
        return this.#array(this.#take(4).readUInt32BE(0), depth);
      case markers.date: {
        const ms = this.#take(8).readDoubleBE(0);
        // 2.13: the time zone is reserved and means nothing.
        this.#take(2);
        return new Date(ms);
      }
      case markers.null:
        return null;
      case markers.undefined:
        return undefined;
      default:
        throw new RtmpFault(`AMF0: a value of type ${marker} is not taken`);
    }
  }

  #object(depth: number): Map<string, Amf0Value> {
    const object = new Map<string, Amf0Value>();
    for (;;) {
      const name = this.#string(this.#take(2).readUInt16BE(0));
      if (name === '' && this.bytes[this.#at] === markers.objectEnd) {
        this.#take(1);
        return object;
      }
      object.set(name, this.value(depth + 1));
    }
  }

  #array(count: number, depth: number): Amf0Value[] {
    const array: Amf0Value[] = [];
    // Not allocated by its declared length: the bytes run out, or the bound of values is met, long before.
    while (array.length < count) {
      array.push(this.value(depth + 1));
    }
    return array;
  }

  #string(length: number): string {
    if (length > stringBytesMax) {
      throw new RtmpFault(`AMF0: a string is longer than ${stringBytesMax} bytes`);
    }
    return this.#take(length).toString('utf8');
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.bytes.byteLength) {
      throw new RtmpFault('AMF0: the message ends inside a value');
    }
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
