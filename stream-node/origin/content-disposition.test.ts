import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attachment } from './content-disposition';

test('a title becomes a file name in its own script, with Latin letters for old browsers', () => {
  expect(attachment('Sabina, ball by ball (360p)', 'mp4')).toBe(
    `attachment; filename="Sabina, ball by ball (360p).mp4"; filename*=UTF-8''Sabina%2C%20ball%20by%20ball%20%28360p%29.mp4`,
  );
  expect(attachment('Kommentár', 'm4a')).toBe(
    `attachment; filename="Kommentar.m4a"; filename*=UTF-8''Komment%C3%A1r.m4a`,
  );
  expect(attachment('नेपाल', 'm4a')).toContain("filename*=UTF-8''%E0%A4%A8");
});

test('no title makes a path, a second header or a hidden file', () => {
  expect(attachment('../../etc/passwd', 'mp4')).toContain('filename="etc passwd.mp4"');
  expect(attachment('a"\r\nset-cookie: b', 'mp4')).toContain('filename="a set-cookie b.mp4"');
  expect(attachment('...', 'mp4')).toContain('filename="recording.mp4"');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 150 }), (title) => {
      const header = attachment(title, 'mp4');
      expect(header).toMatch(
        /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]+"; filename\*=UTF-8''[A-Za-z0-9._~!%-]+$/,
      );
      expect(() => decodeURIComponent(header.split("''")[1] ?? '')).not.toThrow();
    }),
    { numRuns: 40 },
  );
}, 30_000);
