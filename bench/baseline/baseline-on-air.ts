import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { LineShape } from '../../e2e/fixtures/shaped-pipe';
import { TcpProxy } from '../../e2e/fixtures/tcp-proxy';
import { openContext } from '../measures/bench-browser';
import { Resources } from '../resources';
import { HlsMuxerServer } from './hls-muxer-server';

export type BaselineOptions = {
  kind: 'audio' | 'video';
  /** puts a camera and a microphone into the publisher's pages */
  installDevices: (context: BrowserContext) => Promise<void>;
  /** a line between both pages and the servers; without, they are reached directly */
  line?: LineShape;
};

/** The baseline with a publisher on air, whose stream plays. */
export class BaselineOnAir implements AsyncDisposable {
  private constructor(
    private readonly resources: Resources,
    private readonly viewerPort: number,
    /** the player's line, when one was asked for: it counts its bytes */
    readonly viewerLine: TcpProxy | undefined,
  ) {}

  static start(browser: Browser, { kind, installDevices, line }: BaselineOptions): Promise<BaselineOnAir> {
    return Resources.collect(async (resources) => {
      const lineTo = async (port: number) => line && resources.use(await TcpProxy.start({ port }, line));
      const server = resources.use(await HlsMuxerServer.start(kind));
      const publisherLine = await lineTo(server.publisherPort);
      const viewerLine = await lineTo(server.viewerPort);
      const context = resources.use(await openContext(browser, { permissions: ['camera', 'microphone'] }));
      await installDevices(context);
      const page = await context.newPage();
      await page.goto(`http://localhost:${publisherLine?.port ?? server.publisherPort}/`);
      await page.waitForFunction(() => document.title === 'on air');
      await untilPlayable(page, `http://127.0.0.1:${server.viewerPort}/live.m3u8`);
      return new BaselineOnAir(resources, viewerLine?.port ?? server.viewerPort, viewerLine);
    });
  }

  /** The player's page; with `?wait` it begins to play when `watch()` is called in it. */
  get viewerUrl(): string {
    return `http://localhost:${this.viewerPort}/watch.html`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources[Symbol.asyncDispose]();
  }
}

/** hls.js joins three segments behind the edge, so that many must be there. Gives up when the page is closed, too. */
async function untilPlayable(page: Page, playlistUrl: string): Promise<void> {
  const giveUpAtMs = Date.now() + 60_000;
  for (;;) {
    const response = await fetch(playlistUrl);
    const segments = (await response.text()).split('#EXTINF').length - 1;
    if (response.ok && segments >= 5) {
      return;
    }
    if (Date.now() > giveUpAtMs) {
      throw new Error(`the baseline's ffmpeg wrote ${segments} segments in a minute`);
    }
    await page.waitForTimeout(200);
  }
}
