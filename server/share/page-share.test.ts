import { expect, test } from 'vitest';
import { eventShare } from './event-share';
import { eventOf, streamOf } from './share-fixture';
import { streamShare } from './stream-share';

const publicUrl = 'https://zyzz.example';
const ended = { state: 'ended', endedAt: new Date('2026-11-21T22:10:00Z') } as const;
const scheduled = { state: 'created', startedAt: null, playback: null } as const;

test('a live stream is media of a live broadcast that has begun and not ended', () => {
  const share = streamShare(streamOf(), eventOf(), publicUrl);
  expect(JSON.parse(share.jsonLd)).toEqual({
    '@context': 'https://schema.org',
    '@type': 'AudioObject',
    name: 'Ball by ball: Nepal v Kenya',
    description: 'Sabina Karki calls Nepal v Kenya (नेपाली), live. Listen, chat and share.',
    thumbnailUrl: share.imageUrl,
    uploadDate: '2026-11-21T18:40:00.000Z',
    url: 'https://zyzz.example/watch/str_sabina12345',
    embedUrl: 'https://zyzz.example/embed/str_sabina12345',
    contentUrl: 'https://node.example/stream/str_sabina12345/index.m3u8',
    inLanguage: 'ne',
    creator: { '@type': 'Person', name: 'Sabina Karki', url: 'https://zyzz.example/user/usr_sabina12345' },
    isAccessibleForFree: true,
    publication: {
      '@type': 'BroadcastEvent',
      name: 'Ball by ball: Nepal v Kenya',
      isLiveBroadcast: true,
      startDate: '2026-11-21T18:40:00.000Z',
      url: 'https://zyzz.example/watch/str_sabina12345',
    },
  });
});

test('a stream that is to come begins with its event', () => {
  const { jsonLd } = streamShare(streamOf(scheduled), eventOf(), publicUrl);
  const { publication, contentUrl } = JSON.parse(jsonLd);
  expect(publication).toMatchObject({ isLiveBroadcast: true, startDate: '2026-11-21T18:45:00.000Z' });
  expect(publication).not.toHaveProperty('endDate');
  expect(contentUrl).toBeUndefined();
});

test('an ended stream says when it ended, how long it is, and where its recording is', () => {
  const stream = streamOf({ ...ended, kind: 'video', hasRecording: true, recordingSeconds: 7261.4 });
  const { jsonLd, description } = streamShare(stream, eventOf(), publicUrl);
  expect(JSON.parse(jsonLd)).toMatchObject({
    '@type': 'VideoObject',
    contentUrl: 'https://node.example/stream/str_sabina12345/recording.m3u8',
    duration: 'PT7261S',
    publication: { endDate: '2026-11-21T22:10:00.000Z' },
  });
  expect(description).toContain('Listen again');
});

test('an event is a broadcast of its voices, and has an end only when it is over', () => {
  const during = new Date('2026-11-21T19:00:00Z');
  const after = new Date('2026-11-22T19:00:00Z');
  const live = JSON.parse(eventShare(eventOf(), [streamOf()], publicUrl, during).jsonLd);
  expect(live).toMatchObject({
    '@type': 'BroadcastEvent',
    startDate: '2026-11-21T18:45:00.000Z',
    isLiveBroadcast: true,
  });
  expect(live.workFeatured).toMatchObject([{ '@type': 'AudioObject', name: 'Ball by ball' }]);
  expect(live).not.toHaveProperty('endDate');
  const over = JSON.parse(eventShare(eventOf(), [], publicUrl, after).jsonLd);
  expect(over).toMatchObject({ endDate: '2026-11-21T22:00:00.000Z' });
  const late = JSON.parse(eventShare(eventOf(), [streamOf()], publicUrl, after).jsonLd);
  expect(late).not.toHaveProperty('endDate');
});

test('nothing that people typed can end the script that holds the JSON', () => {
  const name = '</script><script>alert(1)</script><!-- \u2028 & "';
  const { jsonLd } = streamShare(streamOf({ name }), eventOf({ name }), publicUrl);
  expect(jsonLd).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(jsonLd).name).toBe(`${name}: ${name}`);
});

test('the picture has another address for every other picture, and the same while nothing it shows has changed', () => {
  const image = (changes: Parameters<typeof streamOf>[0]) =>
    streamShare(streamOf(changes), eventOf(), publicUrl).imageUrl;
  expect(image({})).toMatch(/^https:\/\/zyzz\.example\/share\/stream\/str_sabina12345\.jpg\?v=[0-9a-f]{12}$/);
  expect(image({ viewers: 99, liveEdgeMs: 1, recordingSeconds: 5 })).toBe(image({}));
  expect(image(ended)).not.toBe(image({}));
  expect(image({ name: 'Other' })).not.toBe(image({}));
});

test('a long description becomes one line of at most 200 characters', () => {
  const { description } = eventShare(eventOf({ description: `A\n\tB ${'word '.repeat(100)}` }), [], publicUrl);
  expect(description).toMatch(/^A B word .*…$/);
  expect(description.length).toBeLessThanOrEqual(200);
});
