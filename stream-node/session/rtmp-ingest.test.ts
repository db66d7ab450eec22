import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { lentFileUrl } from '../contract/jobs';
import type { NodeSnapshot } from '../contract/snapshots';
import { makeFlv, RtmpEncoder } from '../testing/rtmp-encoder';
import { TestNode } from '../testing/test-node';
import { TestPublisher } from '../testing/test-publisher';
import { testNodeSecret } from '../testing/test-web';

const run = promisify(execFile);
// Media is pushed at the speed of life.
vi.setConfig({ testTimeout: 60_000 });

const flvWithBoth = await makeFlv({ seconds: 4, bFrames: 2 });
afterAll(() => flvWithBoth[Symbol.asyncDispose]());

async function setUp(): Promise<TestNode> {
  const setup = await TestNode.start({ RTMP_PORT: '0', LOG_LEVEL: 'trace' });
  onTestFinished(() => setup[Symbol.asyncDispose]());
  return setup;
}

function push({ node }: TestNode, path: string, streamKey: string, options = {}): RtmpEncoder {
  const encoder = RtmpEncoder.push(path, `${node.rtmpUrl}/${streamKey}`, options);
  onTestFinished(() => encoder[Symbol.asyncDispose]());
  return encoder;
}

/** The command lines of all processes that this one started, and of what they started. */
async function childCommandLines(): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'pid,ppid,args']);
  const rows = stdout.split('\n').map((row) => /^ *(\d+) +(\d+) (.*)$/.exec(row) ?? []);
  const family = new Set([String(process.pid)]);
  for (const [, pid = '', parent = ''] of rows) {
    if (family.has(parent)) {
      family.add(pid);
    }
  }
  return rows.flatMap(([, pid = '', , args = '']) => (family.has(pid) && pid !== String(process.pid) ? [args] : []));
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return await response.text();
}

test('what ffmpeg pushes with B-frames is live within the event clock, and after the end a recording', async () => {
  const setup = await setUp();
  const { web, node } = setup;
  const streamId = newId('stream');
  const streamKey = 'sk_a-good-key-of-a-test-0001';
  await web.want({ streamId, graceSeconds: 60 });
  await web.giveKey(streamId, streamKey);
  await using flv = await makeFlv({ seconds: 5, bFrames: 2 });
  const startedAtMs = Date.now();
  const encoder = push(setup, flv.path, streamKey);
  await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'live'));
  expect(await encoder.exited, encoder.stderr).toBe(0);
  const playlist = await text(`${node.publicUrl}/stream/${streamId}/90p/media.m3u8?_HLS_msn=1`);
  expect(playlist).toContain('#EXT-X-PART:');
  const firstDate = Date.parse(/#EXT-X-PROGRAM-DATE-TIME:(.*)/.exec(playlist)?.[1] ?? '');
  expect(firstDate).toBeGreaterThanOrEqual(startedAtMs - 30);
  await web.want({ streamId, action: 'end' });
  const ended = await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
  // When its media begins, not when that was published: nobody who went back so far is at a time before the stream.
  expect(Math.abs((ended.streams[0]?.startedAtMs ?? Number.NaN) - firstDate)).toBeLessThan(50);
  expect(ended.takes).toMatchObject([{ streamId, closed: true }]);
  expect(ended.takes[0]?.durationSeconds).toBeGreaterThan(4.9);
  const recording = await text(`${node.publicUrl}/stream/${streamId}/90p/recording.m3u8`);
  const seconds = [...recording.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  expect(seconds).toBeCloseTo(5, 0);

  // Another node that makes downloads of it is lent its files, and nobody else.
  const takeUrl = lentFileUrl(node.publicUrl, streamId, ended.takes[0]?.takeId ?? '', '90p.mp4');
  expect((await fetch(takeUrl)).status).toBe(401);
  const lent = await fetch(takeUrl, { headers: { authorization: `Bearer ${testNodeSecret}` } });
  expect(lent.status).toBe(200);
  expect((await lent.arrayBuffer()).byteLength).toBeGreaterThan(1000);
  expect(ended.load).toMatchObject({ publishers: 0, encoderPercent: 0 });
});

/** A stream that waits for an encoder with `streamKey`. */
async function wantStream({ web }: TestNode, streamKey: string, changes = {}): Promise<string> {
  const streamId = newId('stream');
  await web.want({ streamId, ...changes });
  await web.giveKey(streamId, streamKey);
  return streamId;
}

const inState = (streamId: string, wanted: string) => (snapshot: NodeSnapshot) =>
  snapshot.streams.some((stream) => stream.streamId === streamId && stream.state === wanted);

test('a wrong key is refused in words before a byte of media is read, and is in no log, process list or error', async () => {
  const setup = await setUp();
  const streamId = await wantStream(setup, 'sk_the-right-key-of-this-stream');
  const canary = 'sk_canary-7b1f0e2d9c-canary';
  const encoder = push(setup, flvWithBoth.path, canary, { atOnce: true });
  expect(await encoder.exited).not.toBe(0);
  expect(encoder.stderr).toContain('This stream key is not valid');
  // ffmpeg itself names its own address; what we send it does not.
  expect(encoder.stderr.split('Server error')[1]?.split('\n')[0]).not.toContain(canary);
  const snapshot = await setup.web.snapshotWhere(({ streams }) =>
    streams.some((stream) => stream.streamId === streamId),
  );
  expect(snapshot.streams[0]).toMatchObject({ state: 'created', bytesIn: 0 });
  expect(setup.web.askedKeyHashes).toHaveLength(1);
  expect(setup.log).toContain('encoder refused');
  expect(setup.log).not.toContain(canary);
});

test('a right key is in no log and in no command line that the node runs', async () => {
  const setup = await setUp();
  const canary = 'sk_canary-5a3c8e1b7d-canary';
  const streamId = await wantStream(setup, canary);
  const encoder = push(setup, flvWithBoth.path, canary);
  await setup.web.snapshotWhere(inState(streamId, 'live'));
  const commandLines = (await childCommandLines()).filter((line) => !line.includes(setup.node.rtmpUrl ?? ''));
  expect(commandLines.some((line) => line.includes('flv'))).toBe(true);
  expect(commandLines.join('\n')).not.toContain(canary);
  await encoder[Symbol.asyncDispose]();
  await setup.web.snapshotWhere(inState(streamId, 'interrupted'));
  expect(setup.log).toContain('encoder connected');
  expect(setup.log).not.toContain(canary);
});

test('the newest encoder with the right key has the stream; the former one is told so', async () => {
  const setup = await setUp();
  const streamKey = 'sk_a-key-that-two-encoders-use';
  const streamId = await wantStream(setup, streamKey);
  const first = push(setup, flvWithBoth.path, streamKey, { loop: true });
  await setup.web.snapshotWhere(inState(streamId, 'live'));
  const second = push(setup, flvWithBoth.path, streamKey);
  expect(await first.exited).not.toBe(0);
  expect(await second.exited, second.stderr).toBe(0);
  await setup.web.want({ streamId, action: 'end' });
  const ended = await setup.web.snapshotWhere(inState(streamId, 'ended'));
  expect(ended.takes).toHaveLength(2);
});

test('the newest publisher has the stream, whether it is a page or an encoder', async () => {
  const setup = await setUp();
  const { web, node } = setup;
  const streamKey = 'sk_a-key-beside-a-publisher-page';
  const streamId = await wantStream(setup, streamKey);
  const hello = async () => {
    const page = await TestPublisher.connect(node.publicUrl);
    onTestFinished(() => page[Symbol.asyncDispose]());
    const grant = await web.grant(streamId, 'publish');
    expect(await page.hello({ streamId, grant, recorderSession: newId('recorderSession') })).toMatchObject({
      type: 'welcome',
    });
    return page;
  };
  const page = await hello();
  const encoder = push(setup, flvWithBoth.path, streamKey, { loop: true });
  await expect(page.next(({ type }) => type === 'refused')).resolves.toMatchObject({ code: 'replaced' });
  await web.snapshotWhere(inState(streamId, 'live'));
  await hello();
  expect(await encoder.exited).not.toBe(0);
});

test('an encoder that crashes and comes back within the grace window goes on after one discontinuity', async () => {
  const setup = await setUp();
  const streamKey = 'sk_a-key-of-one-that-comes-back';
  const streamId = await wantStream(setup, streamKey);
  const first = push(setup, flvWithBoth.path, streamKey);
  await setup.web.snapshotWhere(({ streams }) => streams.some(({ liveEdgeMs }) => liveEdgeMs !== null));
  first.kill();
  await setup.web.snapshotWhere(inState(streamId, 'interrupted'));
  const second = push(setup, flvWithBoth.path, streamKey);
  await setup.web.snapshotWhere(inState(streamId, 'live'));
  expect(await second.exited, second.stderr).toBe(0);
  // What OBS does when it is told to stop looks like this, and is no end: the stream is waited for.
  await setup.web.snapshotWhere(inState(streamId, 'interrupted'));
  const playlist = await text(`${setup.node.publicUrl}/stream/${streamId}/90p/media.m3u8`);
  expect(playlist.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
});

test('a key that was rotated cuts off the encoder that sends with it', async () => {
  const setup = await setUp();
  const streamId = await wantStream(setup, 'sk_a-key-that-somebody-found');
  const encoder = push(setup, flvWithBoth.path, 'sk_a-key-that-somebody-found', { loop: true });
  await setup.web.snapshotWhere(inState(streamId, 'live'));
  await setup.web.giveKey(streamId, 'sk_the-new-key-of-its-owner');
  expect(await encoder.exited).not.toBe(0);
  await setup.web.snapshotWhere(inState(streamId, 'interrupted'));
});

test('a codec that is not taken is refused by its name, to the encoder and to the broadcaster', async () => {
  const setup = await setUp();
  const streamKey = 'sk_a-key-of-an-encoder-of-speex';
  const streamId = await wantStream(setup, streamKey);
  await using flv = await makeFlv({ seconds: 1, video: false, audio: 'pcm_s16le' });
  const encoder = push(setup, flv.path, streamKey);
  await encoder.exited;
  const snapshot = await setup.web.snapshotWhere(inState(streamId, 'interrupted'));
  expect(snapshot.streams[0]?.reason).toBe('PCM is not taken: choose AAC');
});

test('a stream of sound alone takes an encoder’s sound and leaves its picture out', async () => {
  const setup = await setUp();
  const streamKey = 'sk_a-key-of-a-voice-alone-0001';
  await wantStream(setup, streamKey, { kind: 'audio' });
  await using flv = await makeFlv({ seconds: 3, audio: 'libmp3lame' });
  const encoder = push(setup, flv.path, streamKey, { atOnce: true });
  expect(await encoder.exited, encoder.stderr).toBe(0);
  const snapshot = await setup.web.snapshotWhere(({ streams }) =>
    streams.some(({ renditions }) => renditions.length > 0),
  );
  expect(snapshot.streams[0]?.renditions.map(({ kind }) => kind)).toEqual(['audio']);
});

test('a stream that moved on and came back in a higher epoch runs anew on the same node', async () => {
  const setup = await setUp();
  const streamKey = 'sk_a-key-of-a-stream-that-moved';
  const streamId = await wantStream(setup, streamKey);
  const first = push(setup, flvWithBoth.path, streamKey);
  await setup.web.snapshotWhere(inState(streamId, 'live'));
  await setup.web.want({ streamId, epoch: 2, action: 'end' });
  await first.exited;
  await setup.web.snapshotWhere(inState(streamId, 'ended'));
  await setup.web.want({ streamId, epoch: 3, action: 'run' });
  push(setup, flvWithBoth.path, streamKey);
  const again = await setup.web.snapshotWhere(inState(streamId, 'live'));
  expect(again.streams[0]?.epoch).toBe(3);
  await setup.web.snapshotWhere(({ takes }) => takes.length === 2);
});
