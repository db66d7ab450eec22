import { pbkdf2 } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readPieceForm } from './piece-form';

vi.setConfig({ testTimeout: 30_000 });

/** Some tens of milliseconds of work for a thread. */
const rounds = 50_000;

function requestOf(slices: readonly string[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = { 'content-type': 'multipart/form-data; boundary=b' };
  for (const slice of [...slices, null]) {
    request.push(slice);
  }
  return request;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-piece-form-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test.each([
  ['in one slice', ['--b--\r\n--b--\r\n']],
  ['in several slices', ['--b--\r\n--b--', '\r\n', 'and more']],
])('a form that ends twice, %s, is refused and never waited for', async (_, slices) => {
  const path = join(await newFolder(), 'a.piece');
  await expect(readPieceForm(requestOf(slices), path)).rejects.toThrow('video_chunk: is required, as a file');
});

test('a form that breaks off is refused only when its file can be removed for good, however long the disk takes to make it', async () => {
  const path = join(await newFolder(), 'a.piece');
  // Every thread that opens files is busy.
  const busy = Array.from({ length: 4 }, () => promisify(pbkdf2)('a', 'b', rounds, 32, 'sha256'));
  const head = 'content-disposition: form-data; name="video_chunk"; filename="a.mp4"';
  await expect(readPieceForm(requestOf([`--b\r\n${head}\r\n\r\nmedia`]), path)).rejects.toThrow('body: ');
  await rm(path, { force: true });
  await Promise.all(busy);
  expect(existsSync(path)).toBe(false);
});
