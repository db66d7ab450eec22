import { expect, test } from 'vitest';
import { FlvSplitter } from './flv-splitter';
import { encodeFlvHeader, encodeFlvTag } from './flv-tag';

test('an FLV file comes out in the same pieces, however it is sliced', () => {
  const tag = (bytes: number) =>
    encodeFlvTag({ kind: 'video', timestampMs: bytes, payload: Buffer.alloc(bytes, bytes) });
  const pieces = [encodeFlvHeader({ hasVideo: true, hasAudio: true }), tag(0), tag(7), tag(300), tag(1)];
  const file = Buffer.concat(pieces);
  for (const sliceBytes of [1, 2, 3, 5, 13, 17, 64, file.byteLength]) {
    const splitter = new FlvSplitter();
    const found: Buffer[] = [];
    for (let at = 0; at < file.byteLength; at += sliceBytes) {
      found.push(...splitter.push(file.subarray(at, at + sliceBytes)));
    }
    expect(found).toEqual(pieces);
  }
});
