import { open } from 'node:fs/promises';
import type { PieceContainer } from './piece-facts';

const headBytes = 3 * 188;
const tsSyncByte = 0x47;
/** What a QuickTime or MP4 file may begin with (ISO/IEC 14496-12, 4.3 and 8.1). */
const mp4Boxes = new Set(['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide', 'sidx']);

/**
 * The container of a piece by its first bytes, whatever its name says. ffmpeg would also take a playlist for media, and open
 * what it names.
 *
 * @returns null for anything else
 */
export async function pieceContainerOf(path: string): Promise<PieceContainer | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return containerOfHead(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** The same of the first bytes alone. */
export function containerOfHead(head: Buffer): PieceContainer | null {
  if (head.byteLength >= headBytes && [0, 188, 376].every((offset) => head[offset] === tsSyncByte)) {
    return 'mpegts';
  }
  if (head.byteLength >= 4 && head.readUInt32BE(0) === 0x1a45dfa3) {
    return 'matroska';
  }
  return head.byteLength >= 8 && mp4Boxes.has(head.toString('latin1', 4, 8)) ? 'mp4' : null;
}
