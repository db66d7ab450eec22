import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { startEmbeddedPostgres } from '../db/embedded';
import { TestRedis } from '../server/bus/test-redis';
import type { ChatLine, PageToServer, ServerToPage } from '../server/realtime/messages';
import { newId } from '../stream-node/contract/ids';
import { rtmpAdmissionPath } from '../stream-node/contract/rtmp-admission';
import { callCarelessly } from './fixtures/careless-clients';
import { toFacebookAndBack } from './fixtures/facebook-sign-in';
import { FakeFacebook } from './fixtures/fake-facebook';
import { SecretCanaries } from './fixtures/secret-canaries';
import { trpcClient } from './fixtures/trpc-client';
import { ZyzzServer } from './fixtures/zyzz-server';
import { expect, test } from './fixtures/zyzz-test';

type Page = Socket<ServerToPage, PageToServer>;

/** A page's socket to one of the web processes, which follows an event's chat and counts from its beginning. */
async function openPage(url: string, cookie: string, eventId: string) {
  const socket: Page = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie } });
  const lines: ChatLine[] = [];
  const counts: number[] = [];
  socket.on('chat:messages', ({ messages }) => lines.push(...messages));
  socket.on('event:counts', ({ total }) => counts.push(total));
  await new Promise<void>((joined, failed) => {
    socket.once('connect_error', failed);
    socket.once('connect', () => socket.emit('event:join', { eventId }, () => joined()));
  });
  return { socket, lines, counts, [Symbol.dispose]: () => void socket.disconnect() };
}

/** The lines of logs that are JSON; what else was printed is left out. */
function linesOf(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line)] : [];
    } catch {
      return []; // it was being written
    }
  });
}

/** Sends a film of three colours for as long as it is let. */
function sendFrom(encoderUrl: string): Disposable {
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=160x90:rate=30'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=660'];
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];
  const args = ['-loglevel', 'error', '-re', ...picture, ...sound, ...coding, '-f', 'flv', encoderUrl];
  const encoder = spawn('ffmpeg', args, { stdio: 'ignore' });
  return { [Symbol.dispose]: () => void encoder.kill('SIGKILL') };
}

test('two web processes and three nodes on one Postgres and one Redis are one product, whichever answers', async ({
  playwright,
}) => {
  test.setTimeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'zyzz-webs-'));
  const postgres = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  try {
    await using redis = await TestRedis.start();
    await using facebook = await FakeFacebook.start();
    const canaries = new SecretCanaries();
    const nodeSecret = canaries.add('the node secret', randomBytes(32).toString('hex'));
    const environment = {
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ZYZZ_SECRET: canaries.add('the secret', randomBytes(32).toString('hex')),
      ZYZZ_NODE_SECRET: nodeSecret,
      ZYZZ_OPERATOR_TOKEN: canaries.add('the operator token', randomBytes(32).toString('hex')),
      LOG_LEVEL: 'trace',
      ...facebook.environment,
    };
    canaries.add('Facebook’s secret of the app', facebook.clientSecret);
    canaries.add('the password of the database', new URL(postgres.url).password);
    await using first = await ZyzzServer.start({ nodes: 3, environment });
    await using second = await ZyzzServer.start({ isWebOnly: true, environment });
    const webs = [first, second];
    const nodeUrls = [1, 2, 3].map((n) => first.nodeUrl(n));

    const browser = await playwright.request.newContext({ baseURL: first.baseUrl });
    const back = await toFacebookAndBack(browser, first.baseUrl, facebook);
    canaries.add('a Facebook code', back.searchParams.get('code') ?? '');
    expect((await browser.get(back.href)).status()).toBe(200);
    const { cookies } = await browser.storageState();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    const sessionCookie = cookies.find(({ name }) => name.endsWith('session-token'))?.value ?? '';
    const session = canaries.add('a session', sessionCookie);

    await test.step('who signed in at one is known to the other', async () => {
      for (const { baseUrl } of webs) {
        expect(await (await browser.get(`${baseUrl}/api/auth/session`)).json()).toMatchObject({
          user: { name: 'Asha Tamang' },
        });
      }
    });

    const [here, there] = webs.map(({ baseUrl }) => trpcClient(browser, baseUrl));
    if (here === undefined || there === undefined) {
      throw new Error('there are two');
    }
    const event = await here.events.create.mutate({ name: 'Final of the valley cup', runningNow: true });
    const { stream, publish } = await there.streams.create.mutate({
      ...{ eventId: event.id, name: 'From the tower', kind: 'video', language: 'ne', record: false },
    });
    using _encoder = sendFrom(`${publish.rtmp?.url}/${publish.rtmp?.streamKey}`);
    for (const api of [here, there]) {
      const state = async () => (await api.streams.get.query({ streamId: stream.id })).stream.state;
      await expect.poll(state, { timeout: 60_000 }).toBe('live');
    }

    await test.step('either sends a player to the stream’s node', async () => {
      const answers = await Promise.all(
        webs.map(({ baseUrl }) => fetch(`${baseUrl}/stream/${stream.id}/index.m3u8`, { redirect: 'manual' })),
      );
      const [place, ...others] = new Set(answers.map(({ headers }) => headers.get('location')));
      expect(others).toEqual([]);
      expect(nodeUrls.filter((url) => place?.startsWith(url))).toHaveLength(1);
      expect(await (await fetch(place ?? '')).text()).toContain('#EXTM3U');
    });

    await test.step('a line that is said at one is heard at the other, and each counts the listeners of both', async () => {
      using one = await openPage(first.baseUrl, cookie, event.id);
      using other = await openPage(second.baseUrl, cookie, event.id);
      for (const [index, { socket }] of [one, other].entries()) {
        socket.emit('playback:start', { streamId: stream.id, playbackId: newId('playback') }, () => undefined);
        const said = { eventId: event.id, clientMessageId: newId('playback'), text: `Line ${index}` };
        socket.emit('chat:send', { ...said, happenedAtMs: Date.now() }, () => undefined);
      }
      for (const { lines, counts } of [one, other]) {
        await expect
          .poll(() => lines.map(({ text }) => text).toSorted(), { timeout: 30_000 })
          .toEqual(['Line 0', 'Line 1']);
        expect(lines.map(({ sequence }) => sequence)).toEqual([1, 2]);
        await expect.poll(() => counts.at(-1), { timeout: 30_000 }).toBe(2);
      }
    });

    await test.step('secrets are shown in the right places and in wrong ones, while ffmpeg runs', async () => {
      const me = await (await browser.get('/api/auth/session')).json();
      const { token } = await here.tokens.create.mutate({ userId: me.user.id, name: 'A scoreboard' });
      const hidden = await there.streams.create.mutate({
        ...{ eventId: event.id, name: 'From the pavilion', kind: 'audio', language: 'ne', record: false },
        visibility: 'private',
      });
      const secrets = {
        ...{ session, nodeSecret, apiToken: canaries.add('an API token', token) },
        streamKey: canaries.add('a stream key', hidden.publish.rtmp?.streamKey ?? ''),
        publishGrant: canaries.add('a publish grant', hidden.publish.grant),
      };
      canaries.add('the key of the encoder', publish.rtmp?.streamKey ?? '');
      const nodeUrl = new URL(hidden.publish.websocketUrl.replace(/^ws/, 'http')).origin;
      const rtmpUrl = hidden.publish.rtmp?.url ?? '';
      await callCarelessly({ webUrl: second.baseUrl, nodeUrl, rtmpUrl, streamId: hidden.stream.id, secrets }, canaries);

      const wrong = await toFacebookAndBack(browser, first.baseUrl, facebook);
      wrong.searchParams.set('code', canaries.add('a made-up Facebook code', randomBytes(24).toString('base64url')));
      canaries.note('answers', await (await browser.get(wrong.href)).text());
      canaries.noteCommandLines('command lines', [first.pid, second.pid]);
      for (const url of [first.baseUrl, second.baseUrl, ...nodeUrls]) {
        canaries.note('metrics', await (await fetch(`${url}/metrics`)).text());
      }
    });

    await test.step('with one of them gone the other goes on', async () => {
      canaries.note('logs', second.everyLog);
      await second.stop();
      await here.streams.end.mutate({ streamId: stream.id });
      await expect.poll(async () => (await here.streams.get.query({ streamId: stream.id })).stream.state).toBe('ended');
    });

    await test.step('no secret stands in a log, an answer, a figure or a command line', async () => {
      await expect.poll(() => first.everyLog).toContain('the stream is over here');
      canaries.note('logs', first.everyLog);
      for (const word of [
        'encoder connected',
        'encoder refused',
        'publisher refused',
        'WHIP sender',
        'sign-in failed',
      ]) {
        expect(canaries.at('logs')).toContain(word);
      }
      expect(canaries.at('metrics')).toMatch(/zyzz_web_.*zyzz_node_/s);
      expect(canaries.at('command lines')).toMatch(/ffmpeg .*unix:/);
      expect(canaries.found).toEqual([]);
    });

    await test.step('one id leads from what a node logs of a connection to what a web process logs of it', async () => {
      const lines = linesOf(canaries.at('logs'));
      const ofConnections = lines.filter(({ msg }) =>
        /^(encoder|publisher|WHIP sender) (connected|refused)$/.test(`${msg}`),
      );
      expect(ofConnections.filter(({ requestId }) => requestId === undefined)).toEqual([]);
      const asked = lines.filter(({ route }) => route === rtmpAdmissionPath).map(({ requestId }) => requestId);
      const connected = lines.find(({ msg }) => msg === 'encoder connected');
      expect(asked).toContain(connected?.requestId);
    });
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
