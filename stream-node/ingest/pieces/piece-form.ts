import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { PieceSequence, pieceBytesMax, pieceFormBytesMax } from '../../contract/piece-uploads';
import { PieceRefused } from './piece-refused';

/** A form that was read whole. */
export type PieceForm = { sequence: number; sha256: string; bytes: number };

const tooLarge = new PieceRefused(413, 'video_chunk: must be at most 64 MiB');
const fieldBytesMax = 64;
const partsMax = 8;

/**
 * Reads the form of an upload; the piece goes to a file as it comes. The file may be there after a refusal: the caller
 * removes it.
 *
 * @throws PieceRefused naming the field and the rule, also for a form that broke off
 */
export async function readPieceForm(request: IncomingMessage, filePath: string): Promise<PieceForm> {
  if (Number(request.headers['content-length'] ?? 0) > pieceFormBytesMax) {
    throw tooLarge;
  }
  const form = formOf(request);
  let sequence: string | undefined;
  let file: Promise<Omit<PieceForm, 'sequence'>> | undefined;
  let uploading: BusboyFileStream | undefined;
  form.on('field', (name, value) => {
    if (name === 'sequence') {
      sequence = value;
    }
  });
  form.on('file', (name, stream) => {
    if (name !== 'video_chunk' || file !== undefined) {
      stream.resume();
      return;
    }
    uploading = stream;
    file = writePiece(stream, filePath);
    // Looked at below, once the form has ended.
    file.catch(() => {});
  });
  try {
    await pipeline(request, bounded(), into(form));
  } catch (error) {
    form.destroy();
    // Nobody else ends it when the form breaks off in the middle of the file.
    uploading?.destroy();
    await file?.catch(() => {});
    throw error instanceof PieceRefused ? error : new PieceRefused(400, 'body: the form broke off or is malformed');
  }
  if (file === undefined) {
    throw new PieceRefused(400, 'video_chunk: is required, as a file');
  }
  const written = await file;
  const parsed = PieceSequence.safeParse(sequence);
  if (!parsed.success) {
    throw new PieceRefused(400, `sequence: ${parsed.error.issues[0]?.message ?? 'is not valid'}`);
  }
  return { sequence: parsed.data, ...written };
}

function formOf(request: IncomingMessage): BusboyInstance {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) {
    throw new PieceRefused(415, 'content-type: must be multipart/form-data');
  }
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': type },
      // A client that names no file for its file field (no `filename`) is understood as well.
      isPartAFile: (name) => name === 'video_chunk',
      limits: {
        // One byte more than is allowed tells a piece that is too large from one that just fits.
        ...{ fileSize: pieceBytesMax + 1, files: 2, fieldSize: fieldBytesMax, fieldNameSize: fieldBytesMax },
        ...{ fields: partsMax, parts: partsMax, headerPairs: 32 },
      },
    });
  } catch {
    throw new PieceRefused(400, 'content-type: names no boundary');
  }
}

/**
 * A form whose first boundary is its last one, with something behind it, says that it is finished while it is still written
 * to, and never again: a pipeline that ends in it would wait for ever.
 */
function into(form: BusboyInstance): Writable {
  const over = new Promise<void>((resolve, reject) => {
    form.once('finish', resolve);
    form.on('error', reject);
  });
  const writable = new Writable({
    write(slice: Buffer, _encoding, done) {
      form.write(slice, done);
    },
    final(done) {
      form.end();
      over.then(() => done(), done);
    },
  });
  over.catch((error: Error) => writable.destroy(error));
  return writable;
}

/** Whatever the head of the request said: no more than this is read. */
function bounded(): Transform {
  let bytes = 0;
  return new Transform({
    transform(slice: Buffer, _encoding, done) {
      bytes += slice.byteLength;
      done(bytes > pieceFormBytesMax ? tooLarge : null, slice);
    },
  });
}

async function writePiece(stream: BusboyFileStream, path: string): Promise<Omit<PieceForm, 'sequence'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform(slice: Buffer, _encoding, done) {
      bytes += slice.byteLength;
      hash.update(slice);
      done(null, slice);
    },
  });
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  const closed = new Promise<void>((resolve) => target.once('close', resolve));
  try {
    await pipeline(stream, counted, target);
  } catch (error) {
    // A file that is still being opened would be there after the caller has removed it.
    await closed;
    throw error;
  }
  if (bytes > pieceBytesMax) {
    throw tooLarge;
  }
  if (bytes === 0) {
    throw new PieceRefused(400, 'video_chunk: is empty');
  }
  return { sha256: hash.digest('hex'), bytes };
}
