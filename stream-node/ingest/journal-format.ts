import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { type Chunk, chunkBytesMax, Hello, SourceContainer } from '../contract/ingest-protocol';
import { ContainerPosition } from './container-position';

/**
 * An ingest journal is one or more files of one session, each a header line of JSON (what `hello` said, without its grant)
 * and then records:
 *
 *     magic u16 | kind u8 | 0 u8 | sequence u32 | captureTimeMs f64 | length u32 | crc32 u32 | bytes
 *
 * all big-endian; the checksum covers everything before it and the bytes. A record that does not check is where a crash
 * tore the file, and nothing after it counts. Files after the first say what of the session came before them.
 */
export const JournalHeader = Hello.omit({ type: true, grant: true }).extend({
  type: z.literal('journal'),
  version: z.literal(1),
  container: SourceContainer,
  epoch: z.int().min(1),
  /** its publisher may come back with the rest of it, for it keeps what is not acknowledged */
  resumable: z.boolean().optional(),
  continues: z.object({ fromSequence: z.int().min(0), position: ContainerPosition }).optional(),
});
export type JournalHeader = z.infer<typeof JournalHeader>;

/** What happened beside the media, so that a restarted node knows it too. */
export const JournalNote = z.discriminatedUnion('type', [
  z.object({ type: z.literal('clock'), offsetMs: z.number(), roundTripMs: z.number(), atMs: z.number() }),
  z.object({ type: z.literal('finish'), lastSequence: z.int().min(-1) }),
  /** everything up to this sequence is in the recording, or nobody wants it there */
  z.object({ type: z.literal('recorded'), upToSequence: z.int().min(-1) }),
]);
export type JournalNote = z.infer<typeof JournalNote>;

export type JournalRecord = { kind: 'chunk'; chunk: Chunk } | { kind: 'note'; note: JournalNote };

const recordMagic = 0x5a4a;
const recordHeaderBytes = 24;
const chunkKind = 1;
const noteKind = 2;
const headerLineBytesMax = 16 * 1024;

export function encodeHeader(header: JournalHeader): Buffer {
  return Buffer.from(`${JSON.stringify(header)}\n`);
}

/** A record as two buffers, so that the media is not copied here. */
export function encodeRecord(record: JournalRecord): [Buffer, Uint8Array] {
  const isChunk = record.kind === 'chunk';
  const bytes = isChunk ? record.chunk.bytes : Buffer.from(JSON.stringify(record.note));
  const header = Buffer.alloc(recordHeaderBytes);
  header.writeUInt16BE(recordMagic, 0);
  header.writeUInt8(isChunk ? chunkKind : noteKind, 2);
  header.writeUInt32BE(isChunk ? record.chunk.sequence : 0, 4);
  header.writeDoubleBE(isChunk ? record.chunk.captureTimeMs : 0, 8);
  header.writeUInt32BE(bytes.byteLength, 16);
  header.writeUInt32BE(checksum(header, bytes), 20);
  return [header, bytes];
}

/** The header line of an open journal and where the records begin, or null when there is no whole, valid line. */
export async function readHeader(file: FileHandle): Promise<{ header: JournalHeader; endOffset: number } | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headerLineBytesMax), 0, headerLineBytesMax, 0);
  const lineEnd = buffer.subarray(0, bytesRead).indexOf(0x0a);
  if (lineEnd < 0) {
    return null;
  }
  const parsed = JournalHeader.safeParse(parseJson(buffer.toString('utf8', 0, lineEnd)));
  return parsed.success ? { header: parsed.data, endOffset: lineEnd + 1 } : null;
}

/** The valid records from `offset` on, each with the offset after it; ends at the first one that is torn. */
export async function* readRecords(
  file: FileHandle,
  offset: number,
): AsyncGenerator<{ record: JournalRecord; endOffset: number }> {
  let position = offset;
  for (;;) {
    const header = await readExactly(file, position, recordHeaderBytes);
    if (header === null || header.readUInt16BE(0) !== recordMagic) {
      return;
    }
    const length = header.readUInt32BE(16);
    const bytes = length <= chunkBytesMax ? await readExactly(file, position + recordHeaderBytes, length) : null;
    if (bytes === null || header.readUInt32BE(20) !== checksum(header, bytes)) {
      return;
    }
    const record = decodeRecord(header, bytes);
    if (record === null) {
      return;
    }
    position += recordHeaderBytes + length;
    yield { record, endOffset: position };
  }
}

function decodeRecord(header: Buffer, bytes: Buffer): JournalRecord | null {
  if (header.readUInt8(2) === chunkKind) {
    const chunk = { sequence: header.readUInt32BE(4), captureTimeMs: header.readDoubleBE(8), bytes };
    return { kind: 'chunk', chunk };
  }
  const note = JournalNote.safeParse(parseJson(bytes.toString('utf8')));
  return note.success ? { kind: 'note', note: note.data } : null;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return bytesRead === length ? buffer : null;
}

function checksum(header: Buffer, bytes: Uint8Array): number {
  return crc32(bytes, crc32(header.subarray(0, 20)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
