import type { BrowserContext, Page } from '@playwright/test';
import { spreadOf, spreadWords } from './percentiles';

/** What a publisher's page saw of a chunk, unix milliseconds: when its first frame was captured, and when the socket got it. */
type SentChunk = { capturedMs: number; sentMs: number };

/** What a viewer's page saw, unix milliseconds. */
type ViewerMarks = {
  playlists: { url: string; atMs: number; text: string }[];
  /** files of media */
  loads: { url: string; askedMs: number; loadedMs: number }[];
  appends: { kind: string; beganMs: number; doneMs: number }[];
};

declare global {
  var benchSentChunks: SentChunk[] | undefined;
  var benchViewerMarks: ViewerMarks | undefined;
}

/** In every page that is opened from now on, each chunk is noted as it is given to the socket. */
export async function markPublisher(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const sent: SentChunk[] = [];
    globalThis.benchSentChunks = sent;
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      if (data instanceof Uint8Array) {
        // contract/ingest-protocol: the capture time is the second half of a chunk's header.
        const capturedMs = new DataView(data.buffer, data.byteOffset).getFloat64(8);
        sent.push({ capturedMs, sentMs: Date.now() });
      }
      send.call(this, data);
    };
  });
}

/** In every page that is opened from now on, playlists, files of media and what is appended of them are noted. */
export async function markViewer(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const marks: ViewerMarks = { playlists: [], loads: [], appends: [] };
    globalThis.benchViewerMarks = marks;
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, method: string, address: string | URL) {
      const url = String(address);
      if (url.includes('.m3u8')) {
        this.addEventListener('load', () => marks.playlists.push({ url, atMs: Date.now(), text: this.responseText }));
      }
      open.call(this, method, address, true);
    };
    new PerformanceObserver((list) => {
      for (const { name: url, startTime, duration } of list.getEntries()) {
        if (url.endsWith('.m4s')) {
          const askedMs = performance.timeOrigin + startTime;
          marks.loads.push({ url, askedMs, loadedMs: askedMs + duration });
        }
      }
    }).observe({ type: 'resource' });
    const kinds = new WeakMap<SourceBuffer, string>();
    const { addSourceBuffer } = MediaSource.prototype;
    MediaSource.prototype.addSourceBuffer = function (mime) {
      const buffer = addSourceBuffer.call(this, mime);
      kinds.set(buffer, mime);
      return buffer;
    };
    const { appendBuffer } = SourceBuffer.prototype;
    SourceBuffer.prototype.appendBuffer = function (data) {
      const mark = { kind: kinds.get(this) ?? '', beganMs: Date.now() };
      const done = () => marks.appends.push({ ...mark, doneMs: Date.now() });
      this.addEventListener('updateend', done, { once: true });
      appendBuffer.call(this, data);
    };
  });
}

/**
 * How long a frame is on its way from one station to the next, in words: what was captured to the socket, the end of a part to
 * the viewer's playlist, from there to the whole part, and to the player's buffer.
 *
 * @param fromMs what came before is left out, unix milliseconds
 */
export async function stationsWords(publisher: Page, viewer: Page, fromMs: number): Promise<string[]> {
  const sent = (await publisher.evaluate(() => globalThis.benchSentChunks)) ?? [];
  const marks = await viewer.evaluate(() => globalThis.benchViewerMarks);
  const { playlists = [], loads = [], appends = [] } = marks ?? {};
  const listed = listedParts(playlists);
  const partsOf = (kind: 'picture' | 'sound') => {
    const parts = [...listed.values()].filter((part) => part.kind === kind && part.listedMs >= fromMs);
    return spreadWords(spreadOf(parts.map(({ listedMs, endMs }) => (listedMs - endMs) / 1000)), 's');
  };
  const loaded = loads.flatMap(({ url, loadedMs }) => {
    const part = listed.get(new URL(url).pathname);
    return part === undefined || part.listedMs < fromMs ? [] : [(loadedMs - part.listedMs) / 1000];
  });
  const chunks = sent.filter(({ sentMs }) => sentMs >= fromMs);
  const appended = appends.filter(({ beganMs }) => beganMs >= fromMs);
  return [
    `capture to socket ${spreadWords(spreadOf(chunks.map(({ capturedMs, sentMs }) => (sentMs - capturedMs) / 1000)), 's')} chunks`,
    `end of a part of the picture to the viewer's playlist ${partsOf('picture')}, of the sound ${partsOf('sound')} parts`,
    `playlist to the whole part ${spreadWords(spreadOf(loaded), 's')}`,
    `into the player's buffer ${spreadWords(spreadOf(appended.map(({ beganMs, doneMs }) => (doneMs - beganMs) / 1000)), 's')}`,
  ];
}

type ListedPart = { kind: 'picture' | 'sound'; endMs: number; listedMs: number };

/** Each part by its path, with where it ends on the event clock and when a playlist first told of it. */
function listedParts(playlists: ViewerMarks['playlists']): Map<string, ListedPart> {
  const parts = new Map<string, ListedPart>();
  for (const { url, atMs, text } of playlists) {
    const kind = /\/audio\d*\//.test(url) ? 'sound' : 'picture';
    let endMs = Number.NaN;
    for (const line of text.split('\n')) {
      const [, date] = /^#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(line) ?? [];
      endMs = date === undefined ? endMs : Date.parse(date);
      const [, seconds] = /^#EXT-X-PART:.*DURATION=([\d.]+)/.exec(line) ?? [];
      const [, uri] = /^#EXT-X-PART:.*URI="([^"]+)"/.exec(line) ?? [];
      if (seconds === undefined || uri === undefined || Number.isNaN(endMs)) {
        continue;
      }
      endMs += Number(seconds) * 1000;
      const path = new URL(uri, url).pathname;
      if (!parts.has(path)) {
        parts.set(path, { kind, endMs, listedMs: atMs });
      }
    }
  }
  return parts;
}
