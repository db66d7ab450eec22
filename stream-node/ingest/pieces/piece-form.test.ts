import { mkdtemp, rm } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPieceForm } from './piece-form';

test.each([
  ['in one slice', ['--b--\r\n--b--\r\n']],
  ['in several slices', ['--b--\r\n--b--', '\r\n', 'and more']],
])('a form that ends twice, %s, is refused and never waited for', async (_, slices) => {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-piece-form-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const request = new IncomingMessage(new Socket());
  request.headers = { 'content-type': 'multipart/form-data; boundary=b' };
  for (const slice of [...slices, null]) {
    request.push(slice);
  }
  await expect(readPieceForm(request, join(folder, 'a.piece'))).rejects.toThrow('video_chunk: is required, as a file');
});
