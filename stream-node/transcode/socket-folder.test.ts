import { existsSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '../contract/ids';
import { SocketFolder, socketDirectory } from './socket-folder';

test('encoders of one stream have folders of their own in the stream’s, which goes with the last of them', async () => {
  const streamId = newId('stream');
  const folders = await Promise.all([SocketFolder.make(streamId), SocketFolder.make(streamId)]);
  const [one, other] = folders.map((folder) => folder.path);
  expect(one).not.toBe(other);
  const ofStream = dirname(one ?? '');
  expect([dirname(ofStream), basename(ofStream)]).toEqual([socketDirectory, streamId]);
  for (const folder of [socketDirectory, ofStream, one ?? '']) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  }
  await folders[0]?.remove();
  expect(existsSync(other ?? '')).toBe(true);
  await folders[1]?.remove();
  expect(existsSync(ofStream)).toBe(false);
});
