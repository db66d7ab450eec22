import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock';
import { newId } from '../contract/ids';
import { chunkBytesMax, controlBytesMax, encodeChunk, type Hello } from '../contract/ingest-protocol';
import { createLogger } from '../logger';
import type { AdmittedStream } from './admission';
import { IngestServer } from './ingest-server';
import type { JournalClaims } from './journal-claims';
import { listenFor, makeGrantKeys, publishGrant, TestPublisher } from './test-publisher';

vi.setConfig({ testTimeout: 30_000 });

const keys = await makeGrantKeys();
const strangerKeys = await makeGrantKeys();
const bytes = Buffer.alloc(100, 1);
const revoked = new Set<string>();
const streams = new Map<string, AdmittedStream>();
const allowedOrigin = 'https://zyzz.example';

let dataDirectory: string;
let ingest: IngestServer;
let http: Server;
let url: string;
let bystander: TestPublisher;
let bystanderSequence = 0;
let hello: Omit<Hello, 'type'>;

function helloOf(streamId: string, grant: string): Omit<Hello, 'type'> {
  const recorderSession = newId('recorderSession');
  return {
    streamId,
    grant,
    recorderSession,
    mime: 'video/webm',
    container: 'matroska',
    hasVideo: true,
    hasAudio: true,
  };
}

const claims: JournalClaims = { claim: async () => {}, release: () => {} };

beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-refusals-'));
  ingest = new IngestServer({
    admissions: {
      find: async (streamId) => streams.get(streamId) ?? null,
      publicKey: () => keys.publicKey,
      takesRest: async () => false,
      isRevoked: (grantId) => revoked.has(grantId),
    },
    dataDirectory,
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    health: () => ({ state: 'live', publishLatencyMs: null }),
    allowedOrigins: () => [allowedOrigin],
    helloTimeoutMs: 300,
    claims,
  });
  ({ url, server: http } = await listenFor(ingest));
  ingest.on('source', (source) => source.read().resume());
  const streamId = newId('stream');
  streams.set(streamId, { epoch: 1, action: 'run' });
  bystander = await TestPublisher.publish(url, helloOf(streamId, await publishGrant(keys.privateKey, streamId)));
});

afterAll(async () => {
  await ingest.close();
  await new Promise((resolve) => http.close(resolve));
  await rm(dataDirectory, { recursive: true, force: true });
});

beforeEach(async () => {
  const streamId = newId('stream');
  streams.set(streamId, { epoch: 2, action: 'run' });
  hello = helloOf(streamId, await publishGrant(keys.privateKey, streamId, { epoch: 2 }));
});

// After each refusal: another stream still gets its chunks in, and a new publisher is let in.
afterEach(async () => {
  bystander.chunk(bystanderSequence, bytes);
  await bystander.hears('ack', ({ sequence }) => sequence === bystanderSequence);
  bystanderSequence += 1;
  streams.set(hello.streamId, { epoch: 2, action: 'run' });
  const grant = await publishGrant(keys.privateKey, hello.streamId, { epoch: 2 });
  const next = await TestPublisher.publish(url, helloOf(hello.streamId, grant));
  await next.close();
});

async function refusalOf(changes: Partial<Hello>) {
  const publisher = await TestPublisher.connect(url);
  publisher.send({ type: 'hello', ...hello, ...changes });
  return await publisher.refusal();
}

describe('a grant that does not hold is refused with its code', () => {
  test.each([
    { name: 'none', grant: async () => '', code: 'grant_missing', closeCode: 4401 },
    { name: 'not a grant', grant: async () => 'a.b.c', code: 'grant_malformed', closeCode: 4401 },
    {
      name: 'signed by a stranger',
      grant: () => publishGrant(strangerKeys.privateKey, hello.streamId, { epoch: 2 }),
      code: 'grant_bad_signature',
      closeCode: 4401,
    },
    {
      name: 'expired',
      grant: () => publishGrant(keys.privateKey, hello.streamId, { epoch: 2, expiresAt: 1_700_000_000 }),
      code: 'grant_expired',
      closeCode: 4401,
    },
    {
      name: 'for another stream',
      grant: () => publishGrant(keys.privateKey, newId('stream'), { epoch: 2 }),
      code: 'grant_wrong_stream',
      closeCode: 4403,
    },
    {
      name: 'for playing only',
      grant: () => publishGrant(keys.privateKey, hello.streamId, { epoch: 2, action: 'play' }),
      code: 'grant_wrong_action',
      closeCode: 4403,
    },
    {
      name: 'of an earlier epoch',
      grant: () => publishGrant(keys.privateKey, hello.streamId, { epoch: 1 }),
      code: 'grant_old_epoch',
      closeCode: 4403,
    },
    {
      name: 'of an epoch the node has not heard of',
      grant: () => publishGrant(keys.privateKey, hello.streamId, { epoch: 3 }),
      code: 'stream_not_here',
      closeCode: 4421,
    },
  ])('$name: $code', async ({ grant, code, closeCode }) => {
    expect(await refusalOf({ grant: await grant() })).toMatchObject({ code, closeCode });
  });

  test('revoked: grant_revoked', async () => {
    const [, payload] = hello.grant.split('.');
    const { jti } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    revoked.add(jti);
    expect(await refusalOf({})).toMatchObject({ code: 'grant_revoked', closeCode: 4403 });
  });
});

describe('a stream that may not be published here is refused with its code', () => {
  test.each([
    { name: 'not on this node', stream: null, code: 'stream_not_here', retryable: true },
    { name: 'ended', stream: { epoch: 2, action: 'end' }, code: 'stream_ended', retryable: false },
    { name: 'deleted', stream: { epoch: 2, action: 'delete' }, code: 'stream_ended', retryable: false },
    { name: 'parked', stream: { epoch: 2, action: 'park' }, code: 'stream_not_here', retryable: true },
    {
      name: 'no encoder free',
      stream: { epoch: 2, action: 'run', refuse: 'node_full' },
      code: 'node_full',
      retryable: true,
    },
    { name: 'draining', stream: { epoch: 2, action: 'run', refuse: 'draining' }, code: 'draining', retryable: true },
  ] as const)('$name: $code', async ({ stream, code, retryable }) => {
    if (stream === null) {
      streams.delete(hello.streamId);
    } else {
      streams.set(hello.streamId, stream);
    }
    expect(await refusalOf({})).toMatchObject({ code, retryable });
  });
});

describe('what is not the protocol is refused with its code', () => {
  test.each([
    { name: 'text that is no JSON', send: 'garbage' },
    { name: 'JSON that is no message', send: '{"type":"nonsense"}' },
    { name: 'a message above the limit', send: JSON.stringify({ type: 'hello', mime: 'x'.repeat(controlBytesMax) }) },
  ])('$name', async ({ send }) => {
    const publisher = await TestPublisher.connect(url);
    publisher.socket.send(send);
    expect(await publisher.refusal()).toMatchObject({ code: 'bad_message', closeCode: 4400, retryable: false });
  });

  test('a hello names the field and the rule it breaks', async () => {
    expect((await refusalOf({ streamId: '../../etc/passwd' })).message).toMatch(
      /^streamId: must be 9 to 64 characters/,
    );
    expect((await refusalOf({ recorderSession: '..' })).message).toMatch(/^recorderSession: /);
    expect((await refusalOf({ hasVideo: false, hasAudio: false })).message).toMatch(/^hello.hasAudio: /);
  });

  test('a chunk before hello', async () => {
    const publisher = await TestPublisher.connect(url);
    publisher.chunk(0, bytes);
    expect(await publisher.refusal()).toMatchObject({ code: 'hello_expected', closeCode: 4400 });
  });

  test('a chunk that does not wait for the welcome', async () => {
    const publisher = await TestPublisher.connect(url);
    publisher.send({ type: 'hello', ...hello });
    publisher.chunk(0, bytes);
    expect((await publisher.refusal()).code).toBe('hello_expected');
  });

  test('silence instead of hello', async () => {
    const publisher = await TestPublisher.connect(url);
    expect((await publisher.refusal()).code).toBe('hello_expected');
  });

  test('a second hello', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.send({ type: 'hello', ...hello });
    expect((await publisher.refusal()).message).toBe('hello: was already sent');
  });

  test.each([
    { name: 'a binary frame that is no chunk', frame: () => Buffer.alloc(40, 9), code: 'bad_message', closeCode: 4400 },
    {
      name: 'a truncated chunk',
      frame: () => Buffer.from(encodeChunk({ sequence: 0, captureTimeMs: 0, bytes })).subarray(0, 12),
      code: 'bad_message',
      closeCode: 4400,
    },
    {
      name: 'a chunk one byte too large',
      frame: () => encodeChunk({ sequence: 0, captureTimeMs: 0, bytes: Buffer.alloc(chunkBytesMax + 1) }),
      code: 'chunk_too_large',
      closeCode: 4413,
    },
    {
      name: 'a first chunk that is not number 0',
      frame: () => encodeChunk({ sequence: 5, captureTimeMs: 0, bytes }),
      code: 'bad_sequence',
      closeCode: 4409,
    },
  ])('$name: $code', async ({ frame, code, closeCode }) => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.socket.send(frame());
    expect(await publisher.refusal()).toMatchObject({ code, closeCode });
  });

  test('a frame far above the limit is cut off by the framing itself, unread', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.socket.send(Buffer.alloc(10 * 1024 * 1024));
    expect((await publisher.closed).code).toBe(1009);
  });

  test('a sequence that skips one', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.chunk(0, bytes);
    publisher.chunk(2, bytes);
    expect(await publisher.refusal()).toMatchObject({ code: 'bad_sequence', retryable: true });
  });

  test('a sequence that jumps back to one not yet acknowledged', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.chunk(0, bytes);
    await publisher.hears('ack');
    publisher.chunk(1, bytes);
    publisher.chunk(1, bytes);
    expect((await publisher.refusal()).code).toBe('bad_sequence');
  });

  test('a finish below what was sent', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    publisher.chunk(0, bytes);
    publisher.chunk(1, bytes);
    publisher.send({ type: 'finish', lastSequence: 0 });
    expect((await publisher.refusal()).code).toBe('bad_sequence');
  });

  test('media of the far future, which an encoder would fill frame by frame', async () => {
    const publisher = await TestPublisher.publish(url, hello);
    // A cluster at 2^40 ms with one simple block.
    publisher.chunk(0, Buffer.from('1f43b675ffe786010000000000a3858100008000', 'hex'));
    expect(await publisher.refusal()).toMatchObject({ code: 'bad_media', closeCode: 4415 });
  });

  test('a journal that cannot be written: internal, and the publisher may come again', async () => {
    await writeFile(join(dataDirectory, 'journals', hello.streamId), 'in the way');
    expect(await refusalOf({})).toMatchObject({ code: 'internal', closeCode: 4500, retryable: true });
    await rm(join(dataDirectory, 'journals', hello.streamId));
  });

  test('a rest whose journal cannot be opened: internal, and nobody waits for the session to be closed', async () => {
    const told: string[] = [];
    claims.claim = async () => void told.push('claimed');
    claims.release = (_streamId, _session, isComplete) => told.push(`released, complete: ${isComplete}`);
    await writeFile(join(dataDirectory, 'journals', hello.streamId), 'in the way');
    expect(await refusalOf({ backfill: true })).toMatchObject({ code: 'internal', retryable: true });
    expect(told).toEqual(['claimed', 'released, complete: false']);
    await rm(join(dataDirectory, 'journals', hello.streamId));
  });

  test('a page of another origin never gets a socket, ours and programs do', async () => {
    await expect(TestPublisher.connect(url, { origin: 'https://evil.example' })).rejects.toThrow('403');
    const publisher = await TestPublisher.connect(url, { origin: allowedOrigin });
    publisher.socket.terminate();
  });

  test('another path is not ours', async () => {
    await expect(TestPublisher.connect(url.replace('/ingest', '/ingest/../x'))).rejects.toThrow();
    await expect(TestPublisher.connect(url.replace('/ingest', '//'))).rejects.toThrow();
  });
});
