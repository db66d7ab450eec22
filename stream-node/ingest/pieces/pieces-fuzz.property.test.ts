import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, test, vi } from 'vitest';
import { fuzzRuns, fuzzTimeoutMs } from '../../testing/fuzz-runs';
import { mutatedBytes, sliceSeed, slicesOf } from '../../testing/mutated-bytes';
import { containerOfHead } from './piece-container';
import { readPieceForm } from './piece-form';
import { type PieceIndexLine, parsePieceIndex } from './piece-index';
import { PieceRefused } from './piece-refused';

// What comes with an upload, and what a crash may leave of the index: taken, or refused by name, and nothing else is thrown.

vi.setConfig({ testTimeout: fuzzTimeoutMs });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zyzz-pieces-fuzz-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const boundary = 'a-boundary';
const form = Buffer.from(
  [
    `--${boundary}\r\ncontent-disposition: form-data; name="sequence"\r\n\r\n12\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="video_chunk"; filename="a.mp4"\r\n`,
    `content-type: video/mp4\r\n\r\n${'media'.repeat(8)}\r\n--${boundary}--\r\n`,
  ].join(''),
);

/** A request as the HTTP server hands it on, whose body comes in these slices. */
function requestOf(slices: readonly Buffer[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  for (const slice of slices.filter(({ byteLength }) => byteLength > 0)) {
    request.push(slice);
  }
  request.push(null);
  return request;
}

test('the form of an upload: a piece no larger than the form, or a refusal that names field and rule', async () => {
  const path = join(folder, 'a.piece');
  await fc.assert(
    fc.asyncProperty(mutatedBytes(form), sliceSeed, async (bytes, seed) => {
      try {
        const piece = await readPieceForm(requestOf(slicesOf(bytes, seed)), path);
        return piece.bytes > 0 && piece.bytes < bytes.byteLength && Number.isSafeInteger(piece.sequence);
      } catch (error) {
        if (error instanceof PieceRefused && /^(body|sequence|video_chunk): /.test(error.message)) {
          return true;
        }
        throw error;
      } finally {
        await rm(path, { force: true });
      }
    }),
    // Each opens, writes and removes a file.
    { numRuns: fuzzRuns.numRuns / 5 },
  );
});

const lines: PieceIndexLine[] = [
  {
    ...{ type: 'taken', sequence: 0, sha256: 'a'.repeat(64), container: 'mp4', arrivedAtMs: 1000 },
    facts: {
      audio: {
        ...{ codec: 'aac', profile: 'LC', channels: 2, sampleRate: 48_000, startSeconds: 0, endSeconds: 2 },
        ...{ hasPriming: true, configuration: 'x' },
      },
    },
  },
  {
    ...{ type: 'session', recorderSession: 'rec_fuzzing234', startSeconds: 0, eventTimeMs: 1.5 },
    ...{ hasVideo: false, hasAudio: true },
  },
  { type: 'spoilt', sequence: 1 },
  { type: 'recorded', recorderSession: 'rec_fuzzing234' },
  { type: 'end' },
];
const index = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

test('the index of pieces: whole lines up to the damage, and where they end', () => {
  fc.assert(
    fc.property(mutatedBytes(index), (bytes) => {
      const read = parsePieceIndex(bytes);
      const again = parsePieceIndex(bytes.subarray(0, read.bytes));
      const endsALine = read.bytes === 0 || bytes[read.bytes - 1] === 0x0a;
      return endsALine && again.lines.length === read.lines.length && again.bytes === read.bytes;
    }),
    fuzzRuns,
  );
});

test('the container of a piece by its first bytes', () => {
  const heads = ['0000001c667479706d703432', '1a45dfa3', '00000008796f7572', '47'.padEnd(376, '0').repeat(3)];
  fc.assert(
    fc.property(fc.oneof(...heads.map((head) => mutatedBytes(Buffer.from(head, 'hex')))), (bytes) => {
      const container = containerOfHead(bytes);
      return container === null || bytes.byteLength >= (container === 'mpegts' ? 377 : 4);
    }),
    fuzzRuns,
  );
});
