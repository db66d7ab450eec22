import { expect, test } from 'vitest';
import { mediaPath, parseMediaPath } from './media-urls';

const streamId = 'str_abcdefghijkm';

test('a media path is taken apart into stream, grant, rendition and file', () => {
  expect(parseMediaPath(mediaPath(streamId, 'index.m3u8'))).toEqual({
    streamId,
    grant: undefined,
    rendition: undefined,
    file: 'index.m3u8',
  });
  expect(parseMediaPath(`/stream/${streamId}/~aa.bb.cc/720p/x-12.3.m4s`)).toEqual({
    streamId,
    grant: 'aa.bb.cc',
    rendition: '720p',
    file: 'x-12.3.m4s',
  });
});

test.each([
  `/stream/${streamId}/../../etc/passwd`,
  `/stream/${streamId}/..`,
  `/stream/${streamId}/720p/..%2f..%2fetc`,
  `/stream/${streamId}/720p/%2e%2e`,
  `/stream/${streamId}/720p/a\\b`,
  `/stream/${streamId}/720p/a\0b`,
  `/stream/${streamId}//etc/passwd`,
  `/stream/${streamId}/a/b/c`,
  `/stream/${streamId}`,
  `/stream/${streamId}/`,
  `/stream/x/index.m3u8`,
  `/stream/${streamId}/~/index.m3u8`,
  `/stream/${streamId}/~a b/index.m3u8`,
  `/stream/${streamId}/${'a'.repeat(200)}`,
  '/etc/passwd',
  '',
])('%j is no media path', (path) => {
  expect(parseMediaPath(path)).toBeNull();
});
