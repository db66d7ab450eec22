/** Tag types of the FLV format (Adobe FLV 10.1, E.4.1); the same numbers as RTMP's message types. */
export const flvTagTypes = { audio: 8, video: 9 } as const;

const tagHeaderBytes = 11;
/** What a tag adds to its payload, in bytes. */
export const flvTagOverheadBytes = tagHeaderBytes + 4;

/** The file header (E.2) and the size of the tag before the first. Its flags tell a reader which tracks to wait for. */
export function encodeFlvHeader({ hasVideo, hasAudio }: { hasVideo: boolean; hasAudio: boolean }): Buffer {
  const flags = (hasAudio ? 4 : 0) | (hasVideo ? 1 : 0);
  return Buffer.from([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]);
}

/** One tag and its size after it (E.3, E.4.1). @param timestampMs decode time, 0 to 2^32 − 1 */
export function encodeFlvTag(tag: { kind: 'audio' | 'video'; timestampMs: number; payload: Buffer }): Buffer {
  const { kind, timestampMs, payload } = tag;
  const bytes = Buffer.alloc(tagHeaderBytes + payload.byteLength + 4);
  bytes.writeUInt8(flvTagTypes[kind], 0);
  bytes.writeUIntBE(payload.byteLength, 1, 3);
  // The upper eight bits of the time come last.
  bytes.writeUIntBE(timestampMs & 0xffffff, 4, 3);
  bytes.writeUInt8(timestampMs >>> 24, 7);
  payload.copy(bytes, tagHeaderBytes);
  bytes.writeUInt32BE(tagHeaderBytes + payload.byteLength, tagHeaderBytes + payload.byteLength);
  return bytes;
}

/** Reads back one whole tag; null for anything else, such as the file header. */
export function readFlvTag(
  bytes: Uint8Array,
): { kind: 'audio' | 'video'; timestampMs: number; payload: Buffer } | null {
  const tag = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (tag.byteLength < flvTagOverheadBytes || tag.byteLength !== tag.readUIntBE(1, 3) + flvTagOverheadBytes) {
    return null;
  }
  const type = tag.readUInt8(0);
  if (type !== flvTagTypes.audio && type !== flvTagTypes.video) {
    return null;
  }
  const kind = type === flvTagTypes.audio ? 'audio' : 'video';
  const timestampMs = tag.readUIntBE(4, 3) + tag.readUInt8(7) * 2 ** 24;
  return { kind, timestampMs, payload: tag.subarray(tagHeaderBytes, tag.byteLength - 4) };
}
