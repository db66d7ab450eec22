import { expect, test } from 'vitest';
import { embedCode, networkLinks } from './share-links';

test('a link keeps its query when a network takes it', () => {
  const url = 'https://zyzz.example/event/evt_1?stream=str_1&at=2026-12-09T20:00:00Z';
  for (const { href } of networkLinks({ url, title: 'Nepal & Kenya' })) {
    expect(decodeURIComponent(new URL(href).search.replaceAll('+', ' '))).toContain(url);
  }
});

test('a title with quotes and angle brackets cannot break out of the embed code', () => {
  const code = embedCode({
    publicUrl: 'https://zyzz.example',
    streamId: 'str_1',
    title: '"><script>alert(1)</script>',
  });
  expect(code).not.toContain('<script>');
  expect(code).toContain('src="https://zyzz.example/embed/str_1"');
});
