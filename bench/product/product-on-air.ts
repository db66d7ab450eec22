import type { Browser, BrowserContext, Page } from '@playwright/test';
import { freePorts } from '../../e2e/fixtures/free-port';
import type { LineShape } from '../../e2e/fixtures/shaped-pipe';
import { signInLocally } from '../../e2e/fixtures/sign-in';
import { TcpProxy } from '../../e2e/fixtures/tcp-proxy';
import { trpcClient } from '../../e2e/fixtures/trpc-client';
import { ZyzzServer } from '../../e2e/fixtures/zyzz-server';
import type { LatencyProfile } from '../../stream-node/contract/profiles';
import { openContext } from '../measures/bench-browser';
import { Resources } from '../resources';

export type ProductOptions = {
  kind: 'audio' | 'video';
  profile: LatencyProfile;
  /** puts a camera and a microphone into the publisher's pages */
  installDevices: (context: BrowserContext) => Promise<void>;
  /** a line between both pages and the stream node; without, it is reached directly */
  line?: LineShape;
  /** the publisher passes the line by, so that what it counts is the viewers' */
  isLineForViewersOnly?: boolean;
};

const streamName = 'From the stand';

/** The real product, with a broadcaster who went live on the real page. */
export class ProductOnAir implements AsyncDisposable {
  private constructor(
    private readonly resources: Resources,
    readonly baseUrl: string,
    readonly eventId: string,
    readonly streamId: string,
    /** the booth */
    readonly publisherPage: Page,
    /** the publisher's and the viewers' line to the node, when one was asked for: it counts its bytes */
    readonly line: TcpProxy | undefined,
  ) {}

  static start(browser: Browser, options: ProductOptions): Promise<ProductOnAir> {
    return Resources.collect(async (resources) => {
      const { line, nodePort, environment } = await startLine(resources, options.line);
      const { baseUrl } = resources.use(await ZyzzServer.start({ environment }));
      const context = resources.use(
        await openContext(browser, {
          baseURL: baseUrl,
          permissions: ['camera', 'microphone'],
          bypassCSP: options.isLineForViewersOnly,
        }),
      );
      await options.installDevices(context);
      if (line && options.isLineForViewersOnly) {
        await passLineBy(context, line.port, nodePort);
      }
      await signInLocally(context.request, 'Asha Tamang');
      const api = trpcClient(context.request, baseUrl);
      const event = await api.events.create.mutate({ name: 'Kathmandu against Pokhara', runningNow: true });
      const publisherPage = await context.newPage();
      await goLive(publisherPage, event.id, options);
      const stream = await untilLive(async () => await api.streams.listForEvent.query({ eventId: event.id }));
      if (stream.profile !== options.profile) {
        throw new Error(`the stream went live as ${stream.profile}, and ${options.profile} was asked for`);
      }
      return new ProductOnAir(resources, baseUrl, event.id, stream.id, publisherPage, line);
    });
  }

  /** The button by which the event page plays the stream. */
  streamButton(eventPage: Page) {
    return eventPage.getByRole('list', { name: 'Commentators' }).getByRole('button', { name: streamName });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources[Symbol.asyncDispose]();
  }
}

/** The node's port is fixed beforehand, so that its public address can be the line that leads to it. */
async function startLine(resources: Resources, shape: LineShape | undefined) {
  if (shape === undefined) {
    return { line: undefined, nodePort: 0, environment: {} };
  }
  const [port = 0] = await freePorts(1);
  const line = resources.use(await TcpProxy.start({ port }, shape));
  const environment = { STREAM_NODE_PORT: String(port), STREAM_NODE_PUBLIC_URL: `http://localhost:${line.port}` };
  return { line, nodePort: port, environment };
}

/** The publisher's page is told the line's address as everybody is; its sockets go to the node itself all the same. */
async function passLineBy(context: BrowserContext, linePort: number, nodePort: number): Promise<void> {
  await context.addInitScript(
    ([from, to]) => {
      window.WebSocket = class extends WebSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
          super(String(url).replace(`:${from}/`, `:${to}/`), protocols);
        }
      };
    },
    [linePort, nodePort],
  );
}

async function goLive(page: Page, eventId: string, { kind, profile }: ProductOptions): Promise<void> {
  const query = profile === 'balanced' ? '' : `?profile=${profile}`;
  await page.goto(`/event/${eventId}/go-live${query}`);
  await page.getByRole('textbox', { name: 'Stream name' }).fill(streamName);
  await page.getByRole('radio', { name: kind === 'video' ? 'Camera' : 'Audio only' }).check();
  await page.getByRole('button', { name: 'Go live' }).click();
  await page.getByRole('button', { name: 'End stream' }).waitFor();
}

async function untilLive<T extends { state: string }>(list: () => Promise<T[]>): Promise<T> {
  const giveUpAtMs = Date.now() + 30_000;
  for (;;) {
    const [stream] = await list();
    if (stream?.state === 'live') {
      return stream;
    }
    if (Date.now() > giveUpAtMs) {
      throw new Error(`the stream is ${stream?.state ?? 'not there'} half a minute after "Go live"`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
