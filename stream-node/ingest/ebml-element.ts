/** What an element of EBML begins with (RFC 8794, 4 to 6). */
export type EbmlElement = {
  id: number;
  headBytes: number;
  /** null: unknown, as live recorders write for segments and clusters */
  payloadBytes: number | null;
};

/** The head of the element that these bytes begin with; `short`: more of them are needed. */
export function readElement(bytes: Buffer): EbmlElement | 'short' | 'bad' {
  const first = bytes[0];
  if (first === undefined) {
    return 'short';
  }
  const idBytes = Math.clz32(first << 24) + 1;
  if (idBytes > 4) {
    return 'bad';
  }
  const sizeFirst = bytes[idBytes];
  if (sizeFirst === undefined) {
    return 'short';
  }
  const sizeBytes = Math.clz32(sizeFirst << 24) + 1;
  if (sizeBytes > 8) {
    return 'bad';
  }
  const headBytes = idBytes + sizeBytes;
  if (bytes.byteLength < headBytes) {
    return 'short';
  }
  const id = readUnsigned(bytes.subarray(0, idBytes));
  const marker = 0x80 >> (sizeBytes - 1);
  const rest = bytes.subarray(idBytes + 1, headBytes);
  // The marker is masked before the bytes are summed: with it, an eight-byte size is beyond what a double holds exactly.
  const high = sizeFirst & (marker - 1);
  const unknown = high === marker - 1 && rest.every((byte) => byte === 0xff);
  return { id, headBytes, payloadBytes: unknown ? null : high * 2 ** (8 * rest.byteLength) + readUnsigned(rest) };
}

/** An unsigned integer, the highest byte first. */
export function readUnsigned(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
