import { type Amf0Value, amf0Markers as markers } from './amf0-value';

const objectEnd = Buffer.from([0, 0, markers.objectEnd]);

/** Values as AMF0 (2). */
export function writeAmf0(...values: readonly Amf0Value[]): Buffer {
  return Buffer.concat(values.map(encode));
}

/** A plain record as an AMF0 object. */
export function amf0Object(properties: Record<string, Amf0Value>): Map<string, Amf0Value> {
  return new Map(Object.entries(properties));
}

function encode(value: Amf0Value): Buffer {
  if (typeof value === 'number') {
    return Buffer.concat([Buffer.from([markers.number]), double(value)]);
  }
  if (typeof value === 'boolean') {
    return Buffer.from([markers.boolean, value ? 1 : 0]);
  }
  if (typeof value === 'string') {
    return encodeString(value);
  }
  if (value === null || value === undefined) {
    return Buffer.from([value === null ? markers.null : markers.undefined]);
  }
  if (value instanceof Date) {
    return Buffer.concat([Buffer.from([markers.date]), double(value.getTime()), Buffer.alloc(2)]);
  }
  if (Array.isArray(value)) {
    return Buffer.concat([Buffer.from([markers.strictArray]), uint32(value.length), ...value.map(encode)]);
  }
  const properties = [...value].flatMap(([name, property]) => [encodeName(name), encode(property)]);
  return Buffer.concat([Buffer.from([markers.object]), ...properties, objectEnd]);
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.byteLength > 0xffff) {
    return Buffer.concat([Buffer.from([markers.longString]), uint32(bytes.byteLength), bytes]);
  }
  return Buffer.concat([Buffer.from([markers.string]), encodeName(text)]);
}

/** @throws RangeError when the name does not fit its two bytes of length */
function encodeName(name: string): Buffer {
  const bytes = Buffer.from(name);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.byteLength, 0);
  return Buffer.concat([length, bytes]);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value, 0);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}
