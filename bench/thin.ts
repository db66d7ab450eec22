import type { Browser } from '@playwright/test';
import type { TcpProxy } from '../e2e/fixtures/tcp-proxy';
import { BaselineOnAir } from './baseline/baseline-on-air';
import type { Bench, BenchRow } from './bench-row';
import { openContext } from './measures/bench-browser';
import { MediaBytes } from './measures/media-bytes';
import { SocketBytes } from './measures/socket-bytes';
import { installTalkingMicrophone } from './measures/talking-microphone';
import { ProductOnAir } from './product/product-on-air';

const warmUpSeconds = 10;
const seconds = 60;
const baselineName = 'ffmpeg HLS muxer (2 s, 64k mono), nginx, stock hls.js';

/** What a listener's line carries for the sound that is heard: a minute of a stream of 64 kbit/s, by the event page. */
export const bench: Bench = {
  name: 'thin',
  async run({ browser, say }) {
    say('the baseline');
    const baseline = await baselineMinute(browser);
    say('listening on the event page');
    const ours = await productMinute(browser);
    const row = (figure: string, unit: string, of: (minute: Minute) => number): BenchRow => ({
      figure,
      unit,
      ours: of(ours),
      baseline: of(baseline),
      baselineName,
    });
    return {
      rows: [
        { ...row('bytes to the listener by bytes of media', '×', ({ down, media }) => down / media), limit: 1.4 },
        row('the same with the requests, both ways', '×', ({ down, up, media }) => (down + up) / media),
        row('to the listener', 'kbit/s', ({ down }) => kilobits(down)),
        row('from the listener', 'kbit/s', ({ up }) => kilobits(up)),
        row('media', 'kbit/s', ({ media }) => kilobits(media)),
      ],
      notes: [
        'Counted on the TCP connections themselves, HTTP/1.1 without TLS, heads of requests and answers included.',
        `Besides, the event page's own socket carried ${ours.socket} bytes in that minute, both ways.`,
      ],
    };
  },
};

/** Bytes of a minute: on the line to the media, in the page's own WebSocket (both ways), and of the sound itself. */
type Minute = { down: number; up: number; media: number; socket: number };

async function productMinute(browser: Browser): Promise<Minute> {
  await using product = await ProductOnAir.start(browser, {
    kind: 'audio',
    profile: 'balanced',
    installDevices: installTalkingMicrophone,
    line: {},
    isLineForViewersOnly: true,
  });
  const url = `${product.baseUrl}/event/${product.eventId}?stream=${product.streamId}`;
  return await measureMinute(browser, url, product.line);
}

async function baselineMinute(browser: Browser): Promise<Minute> {
  await using baseline = await BaselineOnAir.start(browser, {
    kind: 'audio',
    installDevices: installTalkingMicrophone,
    line: {},
  });
  return await measureMinute(browser, baseline.viewerUrl, baseline.viewerLine);
}

/** Counts on the line itself, once the player has played for some seconds and has what it wants in its buffer. */
async function measureMinute(browser: Browser, url: string, line: TcpProxy | undefined): Promise<Minute> {
  if (line === undefined) {
    throw new Error('there is no line to count on');
  }
  await using context = await openContext(browser);
  const page = await context.newPage();
  const mediaBytes = new MediaBytes(page);
  const socketBytes = new SocketBytes(page);
  await page.goto(url);
  const playhead = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
  await page.waitForTimeout(warmUpSeconds * 1000);

  const before = {
    ...line.bytes,
    media: await mediaBytes.total(),
    socket: socketBytes.total,
    playhead: await playhead(),
  };
  await page.waitForTimeout(seconds * 1000);
  const socket = socketBytes.total - before.socket;
  const minute = {
    down: line.bytes.fromTarget - before.fromTarget,
    up: line.bytes.toTarget - before.toTarget,
    socket,
    media: (await mediaBytes.total()) - before.media,
  };
  const playedSeconds = (await playhead()) - before.playhead;
  if (playedSeconds < seconds * 0.9 || minute.media < bytesOf(64, seconds) * 0.8) {
    throw new Error(`cannot measure: ${playedSeconds.toFixed(1)} s were played, of ${minute.media} bytes of media`);
  }
  return minute;
}

const kilobits = (bytes: number) => (bytes * 8) / 1000 / seconds;

function bytesOf(kilobitsPerSecond: number, forSeconds: number): number {
  return (kilobitsPerSecond * 1000 * forSeconds) / 8;
}
