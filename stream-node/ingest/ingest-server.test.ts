import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock';
import { newId } from '../contract/ids';
import type { Hello } from '../contract/ingest-protocol';
import { createLogger } from '../logger';
import { holdNextSync } from '../testing/disk-fault';
import type { Admissions, AdmittedStream } from './admission';
import { IngestServer } from './ingest-server';
import type { IngestSource } from './ingest-source';
import { listenFor, makeGrantKeys, publishGrant, TestPublisher } from './test-publisher';

vi.setConfig({ testTimeout: 30_000 });

const keys = await makeGrantKeys();
const media = (text: string) => Buffer.from(text.padEnd(200, '.'));

let dataDirectory: string;
let streams: Map<string, AdmittedStream>;
let ingest: IngestServer;
let http: Server;
let url: string;
let told: string[];
let sources: IngestSource[];
let hello: Omit<Hello, 'type'>;
let released: () => void;

async function startNode() {
  const admissions: Admissions = {
    find: async (streamId) => streams.get(streamId) ?? null,
    publicKey: () => keys.publicKey,
    takesRest: async () => false,
    isRevoked: () => false,
  };
  ingest = new IngestServer({
    admissions,
    dataDirectory,
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    health: () => ({ state: 'live', publishLatencyMs: 321 }),
    claims: { claim: async () => {}, release: () => released() },
  });
  told = [];
  released = () => {};
  sources = [];
  ingest.on('connected', (streamId) => told.push(`connected ${streamId}`));
  ingest.on('lost', (streamId) => told.push(`lost ${streamId}`));
  ingest.on('finished', (streamId, session) => told.push(`finished ${streamId} ${session}`));
  ingest.on('source', (source) => {
    told.push(`source ${source.recorderSession}`);
    sources.push(source);
  });
  ({ url, server: http } = await listenFor(ingest));
}

async function stopNode() {
  await ingest.close();
  await new Promise((resolve) => http.close(resolve));
}

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-ingest-'));
  const streamId = newId('stream');
  streams = new Map([[streamId, { epoch: 1, action: 'run' }]]);
  hello = {
    streamId,
    grant: await publishGrant(keys.privateKey, streamId),
    recorderSession: newId('recorderSession'),
    mime: 'video/webm',
    container: 'matroska',
    hasVideo: true,
    hasAudio: true,
  };
  await startNode();
});

afterEach(async () => {
  await stopNode();
  await rm(dataDirectory, { recursive: true, force: true });
});

function onlySource(): IngestSource {
  const [source] = sources;
  if (!source || sources.length !== 1) {
    throw new Error(`expected one source, got ${sources.length}`);
  }
  return source;
}

describe('a session from hello to finished', () => {
  test('bytes come out in order, are acknowledged, and end after the last sequence', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    expect((await publisher.hears('welcome')).ackedSequence).toBe(-1);
    expect(told).toEqual([`connected ${hello.streamId}`, `source ${hello.recorderSession}`]);
    const whole = buffer(onlySource().read());
    publisher.send({ type: 'clock', offsetMs: 5000, roundTripMs: 10 });
    publisher.chunk(0, media('a'), 1_000_000);
    publisher.chunk(1, media('b'));
    await publisher.hears('ack', ({ sequence }) => sequence === 1);
    publisher.chunk(2, media('c'));
    publisher.send({ type: 'finish', lastSequence: 2 });
    await publisher.hears('finished');
    expect(await whole).toEqual(Buffer.concat([media('a'), media('b'), media('c')]));
    expect(await onlySource().firstSampleEventTimeMs).toBe(1_005_000);
    expect(onlySource().bytesReceived()).toBe(600);
    await publisher.close();
    expect(told.slice(2)).toEqual([`finished ${hello.streamId} ${hello.recorderSession}`]);
  });

  test('a ping is answered with our times, and health tells what the conductor knows', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.send({ type: 'ping', sentAtMs: 42 });
    const pong = await publisher.hears('pong');
    expect(pong.sentAtMs).toBe(42);
    expect(pong.answeredAtMs).toBeGreaterThanOrEqual(pong.receivedAtMs);
    publisher.chunk(0, media('a'));
    expect(await publisher.hears('health')).toMatchObject({ state: 'live', publishLatencyMs: 321, encoderLagMs: null });
  });

  test('the journal can be deleted after the session, and nothing of it stays', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.chunk(0, media('a'));
    await publisher.hears('ack');
    const folder = join(dataDirectory, 'journals', hello.streamId);
    expect(await readdir(folder)).toEqual([`${hello.recorderSession}.journal`]);
    await onlySource().deleteJournal();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a broken line', () => {
  test('the same session goes on where it was acknowledged, in the same source', async () => {
    const first = await TestPublisher.publish(url, hello);
    const whole = buffer(onlySource().read());
    first.chunk(0, media('a'));
    await first.hears('ack');
    const lost = once(ingest, 'lost');
    first.socket.terminate();
    await lost;
    const second = await TestPublisher.publish(url, hello);
    expect((await second.hears('welcome')).ackedSequence).toBe(0);
    second.chunk(0, media('a'));
    await second.hears('ack', ({ sequence }) => sequence === 0);
    second.chunk(1, media('b'));
    second.send({ type: 'finish', lastSequence: 1 });
    await second.hears('finished');
    expect(await whole).toEqual(Buffer.concat([media('a'), media('b')]));
    expect(sources).toHaveLength(1);
  });

  test('a publisher that missed "finished" hears it again and takes nothing over', async () => {
    const first = await TestPublisher.publish(url, hello);
    onlySource().read().resume();
    first.chunk(0, media('a'));
    first.send({ type: 'finish', lastSequence: 0 });
    await first.hears('finished');
    first.socket.terminate();
    const again = await TestPublisher.publish(url, hello);
    expect((await again.hears('welcome')).ackedSequence).toBe(0);
    await again.hears('finished');
    expect(told.filter((event) => event.startsWith('connected'))).toHaveLength(1);
    expect(told.filter((event) => event.startsWith('finished'))).toHaveLength(1);
  });

  test('after a restart of the node the session begins anew from the journal and goes on', async () => {
    const first = await TestPublisher.publish(url, hello);
    first.send({ type: 'clock', offsetMs: -250, roundTripMs: 8 });
    first.chunk(0, media('a'), 2_000_000);
    first.chunk(1, media('b'));
    await first.hears('ack', ({ sequence }) => sequence === 1);
    await stopNode();
    expect((await first.refusal()).code).toBe('draining');
    await startNode();
    const second = await TestPublisher.publish(url, hello);
    expect((await second.hears('welcome')).ackedSequence).toBe(1);
    expect(await onlySource().firstSampleEventTimeMs).toBe(1_999_750);
    const whole = buffer(onlySource().read());
    second.chunk(2, media('c'));
    second.send({ type: 'finish', lastSequence: 2 });
    await second.hears('finished');
    expect(await whole).toEqual(Buffer.concat([media('a'), media('b'), media('c')]));
  });
});

describe('a journal that is still being closed', () => {
  test.each([
    {
      name: 'of a stream that was closed here and has a publisher again',
      isBackfill: false,
      leave: async (closed: () => void) => void ingest.closeStream(hello.streamId, 'draining').then(closed),
    },
    {
      name: 'of a rest whose sender was refused and comes again',
      isBackfill: true,
      leave: async (closed: () => void, sender: TestPublisher) => {
        released = closed;
        sender.socket.send('garbage');
        await sender.refusal();
      },
    },
  ])('is not opened by another writer: $name', async ({ isBackfill, leave }) => {
    const order: string[] = [];
    const same = { ...hello, backfill: isBackfill };
    const first = await TestPublisher.publish(url, same);
    const disk = await holdNextSync();
    first.chunk(0, media('a'));
    await disk.held;
    await leave(() => order.push('closed'), first);
    const second = await TestPublisher.connect(url);
    second.send({ type: 'hello', ...same });
    const welcomed = second.hears('welcome');
    void welcomed.then(() => order.push('welcomed'));
    // Whoever comes later and has nothing to wait for is let in meanwhile.
    const other = newId('stream');
    streams.set(other, { epoch: 1, action: 'run' });
    const grant = await publishGrant(keys.privateKey, other);
    await TestPublisher.publish(url, { ...hello, streamId: other, recorderSession: newId('recorderSession'), grant });
    disk.lift();
    expect((await welcomed).ackedSequence).toBe(0);
    expect(order).toEqual(['closed', 'welcomed']);
  });
});

describe('who has the stream', () => {
  test('the newest publisher with a good grant wins, and its new recorder ends the former source', async () => {
    const first = await TestPublisher.publish(url, hello);
    const former = buffer(onlySource().read());
    first.chunk(0, media('a'));
    await first.hears('ack');
    const session = newId('recorderSession');
    const second = await TestPublisher.publish(url, { ...hello, recorderSession: session });
    expect(await first.refusal()).toMatchObject({ code: 'replaced', closeCode: 4408, retryable: false });
    expect(await former).toEqual(media('a'));
    second.chunk(0, media('b'));
    await second.hears('ack');
    expect(sources.map(({ recorderSession }) => recorderSession)).toEqual([hello.recorderSession, session]);
    expect(told.some((event) => event.startsWith('lost'))).toBe(false);
  });

  test('a publisher that breaks the protocol in the middle is refused, and counts as lost', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    const lost = once(ingest, 'lost');
    publisher.chunk(0, media('a'));
    publisher.chunk(7, media('b'));
    expect((await publisher.refusal()).code).toBe('bad_sequence');
    expect(await lost).toEqual([hello.streamId]);
  });

  test('a closed stream refuses its publisher with the code and ends its source', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    const whole = buffer(onlySource().read());
    publisher.chunk(0, media('a'));
    await publisher.hears('ack');
    await ingest.closeStream(hello.streamId, 'stream_ended', 'the match is over');
    expect(await publisher.refusal()).toMatchObject({
      code: 'stream_ended',
      closeCode: 4410,
      message: 'the match is over',
    });
    expect(await whole).toEqual(media('a'));
    expect(told.some((event) => event.startsWith('lost'))).toBe(false);
  });

  test('a publisher that nobody reads is paused, and goes on when somebody does', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    const chunk = Buffer.alloc(1024 * 1024, 7);
    const chunks = 12;
    for (let sequence = 0; sequence < chunks; sequence += 1) {
      publisher.chunk(sequence, chunk);
    }
    await publisher.hears('ack', ({ sequence }) => sequence >= 3);
    const bytes = onlySource().read();
    expect(bytes.readableLength).toBeLessThan(8 * 1024 * 1024);
    const ended = once(bytes, 'end');
    let read = 0;
    bytes.on('data', (data: Buffer) => {
      read += data.byteLength;
    });
    await publisher.hears('ack', ({ sequence }) => sequence === chunks - 1);
    publisher.send({ type: 'finish', lastSequence: chunks - 1 });
    await publisher.hears('finished');
    await ended;
    expect(read).toBe(chunks * chunk.byteLength);
  });
});
