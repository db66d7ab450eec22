import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../clock';
import type { IngestSource } from '../ingest-source';
import { readAmf0 } from './amf0-reader';
import type { Amf0Value } from './amf0-value';
import { amf0Object, writeAmf0 } from './amf0-writer';
import { ChunkReader } from './chunk-reader';
import { encodeMessage } from './chunk-writer';
import { messageTypes } from './rtmp-message';
import { RtmpServer, type RtmpServerOptions } from './rtmp-server';

const streamId = 'str_forRtmpServer1';
const goodKey = 'sk_the-key-of-a-test-encoder';
const config = Buffer.from('17000000000164001f', 'hex');
const frame = (size = 16) => Buffer.concat([Buffer.from('1701000000', 'hex'), Buffer.alloc(size, 1)]);

async function setUp(changes: Partial<RtmpServerOptions> = {}) {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-rtmp-'));
  const events: string[] = [];
  const sources: IngestSource[] = [];
  const server = new RtmpServer({
    admit: async () => ({ ok: true, streamId, epoch: 1, takesVideo: true }),
    dataDirectory,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    ...changes,
  });
  server.on('connected', () => events.push('connected'));
  server.on('source', (source) => {
    events.push('source');
    sources.push(source);
    source.read().resume();
  });
  server.on('lost', (_streamId, reason) => events.push(reason === undefined ? 'lost' : `lost: ${reason}`));
  server.on('finished', () => events.push('finished'));
  await server.listen(0, '127.0.0.1');
  onTestFinished(async () => {
    await server.close();
    await Promise.all(sources.map((source) => source.close()));
    await rm(dataDirectory, { recursive: true, force: true });
  });
  return { server, events, sources, dataDirectory };
}

/** An encoder of a test's own, byte for byte. */
class RawEncoder {
  readonly statusCodes: string[] = [];
  readonly descriptions: string[] = [];
  readonly closed: Promise<unknown>;
  #handshakeBytes = 3073;
  readonly #reader = new ChunkReader({ messageBytesMax: 100_000, openBytesMax: 100_000 });

  constructor(readonly socket: Socket) {
    socket.on('error', () => {});
    // `once` of node:events would reject on a reset, which is one way to be cut off.
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('data', (bytes: Buffer) => {
      const rest = bytes.subarray(Math.min(bytes.byteLength, this.#handshakeBytes));
      this.#handshakeBytes -= bytes.byteLength - rest.byteLength;
      for (const { typeId, payload } of this.#reader.push(rest)) {
        const [, , , information] = typeId === messageTypes.command ? readAmf0(payload) : [];
        if (information instanceof Map) {
          this.statusCodes.push(String(information.get('code')));
          this.descriptions.push(String(information.get('description')));
        }
      }
    });
  }

  static async connect(server: RtmpServer): Promise<RawEncoder> {
    const socket = connect(server.port ?? 0, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(1536 * 2, 7)]));
    return new RawEncoder(socket);
  }

  static async publish(server: RtmpServer, streamKey = goodKey): Promise<RawEncoder> {
    const encoder = await RawEncoder.connect(server);
    encoder.command('connect', 1, amf0Object({ app: 'live' }));
    encoder.command('createStream', 2, null);
    encoder.message(messageTypes.command, writeAmf0('publish', 3, null, streamKey, 'live'));
    return encoder;
  }

  command(name: string, transactionId: number, ...args: Amf0Value[]): void {
    this.message(messageTypes.command, writeAmf0(name, transactionId, ...args));
  }

  message(typeId: number, payload: Buffer): void {
    this.socket.write(encodeMessage({ typeId, messageStreamId: 1, payload }, 128));
  }

  async hears(code: string): Promise<void> {
    await expect.poll(() => this.statusCodes).toContain(code);
  }
}

test('media that was sent before the answer to the key is not looked at until the key was accepted', async () => {
  let answer = (_isRight: boolean) => {};
  const { server, events } = await setUp({
    admit: async () => {
      const isRight = await new Promise<boolean>((resolve) => {
        answer = resolve;
      });
      return isRight
        ? { ok: true, streamId, epoch: 1, takesVideo: true }
        : { ok: false, code: 'bad_key', message: 'not valid' };
    },
  });
  const first = await RawEncoder.publish(server);
  first.message(messageTypes.video, config);
  first.message(messageTypes.video, frame());
  await first.hears('NetConnection.Connect.Success');
  expect(events).toEqual([]);
  answer(false);
  await first.hears('NetStream.Publish.BadName');
  await first.closed;
  expect(events).toEqual([]);
  const second = await RawEncoder.publish(server);
  second.message(messageTypes.video, frame());
  await second.hears('NetConnection.Connect.Success');
  answer(true);
  await expect.poll(() => events).toEqual(['connected', 'source']);
});

test('an encoder that hangs up right after its last frame loses none', async () => {
  const { server, events, sources } = await setUp();
  const encoder = await RawEncoder.publish(server);
  await encoder.hears('NetStream.Publish.Start');
  encoder.message(messageTypes.video, config);
  for (let count = 0; count < 200; count += 1) {
    encoder.message(messageTypes.video, frame(3000));
  }
  encoder.socket.end();
  await expect.poll(() => events).toEqual(['connected', 'source', 'lost']);
  const tagBytes = 15;
  expect(sources[0]?.bytesReceived()).toBe(13 + tagBytes + config.byteLength + 200 * (tagBytes + 3005));
});

test.each(['FCUnpublish', 'deleteStream'])('%s is a finish in order, not a loss', async (name) => {
  const { server, events } = await setUp();
  const encoder = await RawEncoder.publish(server);
  encoder.message(messageTypes.video, frame());
  encoder.command(name, 4, null, 1);
  await expect.poll(() => events).toEqual(['connected', 'source', 'finished']);
});

test('an encoder may publish again over the same connection', async () => {
  const { server, events } = await setUp();
  const encoder = await RawEncoder.publish(server);
  encoder.message(messageTypes.video, frame());
  encoder.command('FCUnpublish', 4, null, goodKey);
  encoder.message(messageTypes.command, writeAmf0('publish', 5, null, goodKey, 'live'));
  encoder.message(messageTypes.video, frame());
  await expect.poll(() => events).toEqual(['connected', 'source', 'finished', 'connected', 'source']);
});

test('the newest publisher has the stream, and the former one’s end is no loss', async () => {
  const { server, events } = await setUp();
  const first = await RawEncoder.publish(server);
  first.message(messageTypes.video, frame());
  await first.hears('NetStream.Publish.Start');
  await expect.poll(() => events).toEqual(['connected', 'source']);
  const second = await RawEncoder.publish(server);
  await second.hears('NetStream.Publish.Start');
  await first.hears('NetStream.Publish.Rejected');
  await first.closed;
  expect(first.descriptions.at(-1)).toBe('another publisher took over');
  second.message(messageTypes.video, frame());
  await expect.poll(() => events).toEqual(['connected', 'source', 'connected', 'source']);
});

test('HEVC by enhanced RTMP is refused by its name', async () => {
  const { server, events } = await setUp();
  const encoder = await RawEncoder.publish(server);
  encoder.message(messageTypes.video, Buffer.from('9068766331000000', 'hex'));
  await encoder.closed;
  const words = 'HEVC by enhanced RTMP is not taken yet: choose H.264 without enhanced RTMP';
  expect(encoder.descriptions.at(-1)).toBe(words);
  await expect.poll(() => events.at(-1)).toBe(`lost: ${words}`);
});

test('after twenty wrong keys an address is not looked at any more', async () => {
  let asked = 0;
  const { server, events } = await setUp({
    admit: async () => {
      asked += 1;
      return { ok: false, code: 'bad_key', message: 'not valid' };
    },
  });
  for (let count = 0; count < 20; count += 1) {
    await (await RawEncoder.publish(server, `sk_a-wrong-key-number-${count}`)).closed;
  }
  const last = await RawEncoder.publish(server);
  await last.closed;
  expect(last.descriptions.at(-1)).toMatch(/Too many wrong stream keys/);
  expect(asked).toBe(20);
  expect(events).toEqual([]);
});

test('a stranger who says nothing, or talks on for ever, is cut off', async () => {
  const { server } = await setUp({ times: { publishTimeoutMs: 150 } });
  const silent = await RawEncoder.connect(server);
  const talker = await RawEncoder.connect(server);
  talker.command('connect', 1, amf0Object({ app: 'live' }));
  const talking = setInterval(() => talker.command('_checkbw', 0, null), 10);
  await Promise.all([silent.closed, talker.closed]);
  clearInterval(talking);
});

test('a publisher that falls silent is lost', async () => {
  const { server, events } = await setUp({ times: { silenceTimeoutMs: 100 } });
  const encoder = await RawEncoder.publish(server);
  encoder.message(messageTypes.video, frame());
  await encoder.closed;
  await expect.poll(() => events).toEqual(['connected', 'source', 'lost']);
});

test('a stranger’s long message is refused before its bytes are kept', async () => {
  const { server } = await setUp();
  const encoder = await RawEncoder.connect(server);
  encoder.message(messageTypes.command, Buffer.alloc(100_000));
  await encoder.closed;
  expect(encoder.statusCodes).toEqual([]);
});

test('a publisher that never sends media leaves no journal', async () => {
  const { server, events, dataDirectory } = await setUp();
  const encoder = await RawEncoder.publish(server);
  await encoder.hears('NetStream.Publish.Start');
  encoder.socket.destroy();
  await expect.poll(() => events).toEqual(['connected', 'lost']);
  expect(await readdir(dataDirectory)).toEqual([]);
});

test('closing sends every publisher away and waits for their sockets', async () => {
  const { server, events } = await setUp();
  const encoder = await RawEncoder.publish(server);
  await encoder.hears('NetStream.Publish.Start');
  encoder.socket.on('end', () => encoder.socket.end());
  await server.close();
  expect(server.port).toBeNull();
  expect(events).toEqual(['connected']);
});
