import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Page } from '@playwright/test';
import { OnAir } from './fixtures/on-air';
import { expect, test } from './fixtures/zyzz-test';

let onAir: OnAir;

test.beforeAll(async ({ browser, zyzz }) => {
  onAir = await OnAir.start(browser, { baseUrl: zyzz.baseUrl, kind: 'audio', eventName: 'Nepal & "Kenya" <final>' });
});

test.afterAll(async () => {
  await onAir[Symbol.asyncDispose]();
});

const unescaped = (text: string) =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot));/gi, (_, hex, decimal, name) =>
    name === undefined
      ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
      : { amp: '&', lt: '<', gt: '>', quot: '"' }[name as 'amp'],
  );

/** What a reader without JavaScript finds in the head: names and properties of `<meta>`, and the JSON-LD. */
function readHead(html: string) {
  const head = html.slice(0, html.indexOf('</head>'));
  const meta = new Map<string, string>();
  for (const [tag] of head.matchAll(/<meta [^>]*>/g)) {
    const name = /(?:name|property)="([^"]+)"/.exec(tag)?.[1];
    const content = /content="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined && content !== undefined) {
      meta.set(name, unescaped(content));
    }
  }
  const oembed = /<link rel="alternate" type="application\/json\+oembed" href="([^"]+)"/.exec(head)?.[1] ?? '';
  const jsonLd = /<script type="application\/ld\+json"[^>]*>([^<]*)<\/script>/.exec(html)?.[1] ?? '';
  return { meta, oembedUrl: unescaped(oembed), jsonLd: JSON.parse(jsonLd) };
}

test('a link unfurls with words, picture, JSON-LD and oEmbed for a reader without JavaScript', async ({
  request,
  zyzz,
}) => {
  const pages = [
    { path: `/watch/${onAir.streamId}`, title: /Nepali from the stand: Nepal & "Kenya" <final>/, type: 'AudioObject' },
    { path: `/event/${onAir.eventId}`, title: /^Nepal & "Kenya" <final>$/, type: 'BroadcastEvent' },
  ];
  for (const { path, title, type } of pages) {
    await test.step(path, async () => {
      const response = await request.get(path, { headers: { 'user-agent': 'facebookexternalhit/1.1' } });
      const { meta, oembedUrl, jsonLd } = readHead(await response.text());
      expect(meta.get('og:title')).toMatch(title);
      expect(meta.get('og:description')).toContain('Nepal & "Kenya" <final>');
      expect(meta.get('og:url')).toBe(`${zyzz.baseUrl}${path}`);
      expect(meta.get('og:site_name')).toBe('zyzz');
      expect([meta.get('og:image:width'), meta.get('og:image:height')]).toEqual(['1200', '630']);
      expect(meta.get('twitter:card')).toBe('summary_large_image');
      expect(meta.get('twitter:title')).toMatch(title);
      expect(meta.get('twitter:image')).toBe(meta.get('og:image'));
      expect(jsonLd).toMatchObject({ '@context': 'https://schema.org', '@type': type, url: `${zyzz.baseUrl}${path}` });

      const oembed = await request.get(oembedUrl);
      expect(oembed.status()).toBe(200);
      expect(await oembed.json()).toMatchObject({
        version: '1.0',
        type: 'video',
        html: expect.stringContaining(`src="${zyzz.baseUrl}/embed/${onAir.streamId}"`),
      });

      const image = await request.get(meta.get('og:image') ?? '');
      expect(image.headers()['content-type']).toBe('image/jpeg');
      const bytes = await image.body();
      expect(bytes.length).toBeLessThan(300 * 1024);
      expect(jpegSize(bytes)).toEqual({ width: 1200, height: 630 });
    });
  }
});

/** Of the frame header (ITU-T T.81 B.2.2). */
function jpegSize(bytes: Buffer): { width: number; height: number } {
  for (let at = 2; at + 9 < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at);
    if (marker >= 0xffc0 && marker <= 0xffc3) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    }
  }
  throw new Error('no JPEG frame header');
}

test('the share dialog copies the link, names the networks, and gives the focus back', async ({ page: fan, zyzz }) => {
  await fan.goto(`/event/${onAir.eventId}`);
  const share = fan.getByRole('button', { name: 'Share', exact: true });
  await share.press('Enter');
  const dialog = fan.getByRole('dialog', { name: 'Share' });
  await dialog.getByRole('radio', { name: onAir.streamName }).click();
  await dialog.getByRole('button', { name: 'Copy link' }).click();
  await expect(dialog.getByRole('status')).toHaveText('The link is copied');
  const watchUrl = `${zyzz.baseUrl}/watch/${onAir.streamId}`;
  expect(await fan.evaluate(() => navigator.clipboard.readText())).toBe(watchUrl);
  for (const network of ['Facebook', 'X', 'WhatsApp']) {
    const link = dialog.getByRole('link', { name: network, exact: true });
    expect(decodeURIComponent((await link.getAttribute('href')) ?? '')).toContain(watchUrl);
  }
  await dialog.getByRole('button', { name: 'Embed' }).click();
  const embedCode = dialog.getByRole('textbox', { name: 'Embed code' });
  await expect(embedCode).toHaveValue(new RegExp(`<iframe src="${zyzz.baseUrl}/embed/${onAir.streamId}"`));
  await fan.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(share).toBeFocused();
});

test('the embedded player plays in a frame of another site; no other page may be framed', async ({ page, zyzz }) => {
  await using elsewhere = await startElsewhere(`
    <iframe id="player" allow="autoplay" src="${zyzz.baseUrl}/embed/${onAir.streamId}"></iframe>
    <iframe id="page" src="${zyzz.baseUrl}/event/${onAir.eventId}"></iframe>`);
  await page.goto(elsewhere.url);
  await expect.poll(() => playedSeconds(page)).toBeGreaterThan(1);
  await expect.poll(() => page.frame({ url: /^chrome-error:/ }) !== null).toBe(true);
  await expect(page.frameLocator('#page').getByRole('heading', { name: /Nepal/ })).toHaveCount(0);
});

const playedSeconds = async (page: Page) =>
  await page
    .frameLocator('#player')
    .locator('video')
    .evaluate((video: HTMLVideoElement) =>
      video.played.length === 0 ? 0 : video.played.end(0) - video.played.start(0),
    );

/** A page of another site: another host, not only another port. */
async function startElsewhere(body: string) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Elsewhere</title>${body}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
