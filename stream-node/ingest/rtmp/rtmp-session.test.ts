import { expect, test } from 'vitest';
import { readAmf0 } from './amf0-reader';
import type { Amf0Value } from './amf0-value';
import { amf0Object, writeAmf0 } from './amf0-writer';
import { ChunkReader } from './chunk-reader';
import { RtmpFault } from './rtmp-fault';
import { messageTypes } from './rtmp-message';
import { type PublishRefusal, RtmpSession } from './rtmp-session';
import type { StreamMetadata } from './stream-metadata';

function setUp(refusal: PublishRefusal | null = null) {
  const reader = new ChunkReader({ messageBytesMax: 100_000, openBytesMax: 100_000 });
  const heard: Amf0Value[][] = [];
  const controls: number[] = [];
  const keys: string[] = [];
  const media: string[] = [];
  let metadata: StreamMetadata | undefined;
  const session = new RtmpSession({
    send: (bytes) => {
      for (const { typeId, payload } of reader.push(bytes)) {
        if (typeId === messageTypes.command) {
          heard.push(readAmf0(payload));
        } else {
          controls.push(typeId);
        }
      }
    },
    publish: async (key) => {
      keys.push(key);
      return refusal;
    },
    metadata: (told) => {
      metadata = told;
    },
    media: async (kind, timestampMs) => {
      media.push(`${kind} ${timestampMs}`);
    },
  });
  const message = (typeId: number, payload: Buffer, messageStreamId = 0) =>
    session.handle({ typeId, messageStreamId, timestampMs: 40, payload });
  const command = (name: string, transactionId: number, args: Amf0Value[], messageStreamId = 0) =>
    message(messageTypes.command, writeAmf0(name, transactionId, ...args), messageStreamId);
  const statusCodes = () =>
    heard.flatMap(([, , , information]) => (information instanceof Map ? [information.get('code')] : []));
  return { session, heard, controls, keys, media, message, command, statusCodes, metadata: () => metadata };
}

const connect = [amf0Object({ app: 'live', type: 'nonprivate' })];

async function publishing(refusal: PublishRefusal | null = null) {
  const peer = setUp(refusal);
  await peer.command('connect', 1, connect);
  await peer.command('releaseStream', 2, [null, 'the-key']);
  await peer.command('FCPublish', 3, [null, 'the-key']);
  await peer.command('createStream', 4, [null]);
  await peer.command('publish', 5, [null, 'the-key?and=more', 'live'], 1);
  return peer;
}

test('a publisher is led from connect to its media', async () => {
  const peer = await publishing();
  expect(peer.controls.slice(0, 3)).toEqual([
    messageTypes.windowAckSize,
    messageTypes.setPeerBandwidth,
    messageTypes.setChunkSize,
  ]);
  expect(peer.heard.find(([, transactionId]) => transactionId === 4)).toEqual(['_result', 4, null, 1]);
  expect(peer.statusCodes()).toEqual(['NetConnection.Connect.Success', 'NetStream.Publish.Start']);
  expect(peer.keys).toEqual(['the-key']);
  await peer.message(messageTypes.video, Buffer.from([0x17]), 1);
  expect(peer.media).toEqual(['video 40']);
});

test('what the encoder announces is read, with and without @setDataFrame', async () => {
  const peer = await publishing();
  const facts = amf0Object({ videocodecid: 7, width: 640, height: 360, framerate: 29.97 });
  await peer.message(messageTypes.data, writeAmf0('@setDataFrame', 'onMetaData', facts));
  const frameRate = { numerator: 29_970, denominator: 1000 };
  expect(peer.metadata()).toEqual({ width: 640, height: 360, frameRate });
  await peer.message(messageTypes.data, writeAmf0('onMetaData', amf0Object({ audiocodecid: 10, framerate: -1 })));
  expect(peer.metadata()).toEqual({});
});

test('a refused key is told by code and words, and the connection is over', async () => {
  const peer = await publishing({ code: 'NetStream.Publish.BadName', description: 'not valid' });
  expect(peer.statusCodes().at(-1)).toBe('NetStream.Publish.BadName');
  expect(peer.session.isOver).toBe(true);
  await expect(peer.message(messageTypes.audio, Buffer.alloc(4), 1)).rejects.toThrow(RtmpFault);
  expect(peer.media).toEqual([]);
});

test.each(['FCUnpublish', 'deleteStream', 'closeStream'])('%s ends the publish in order', async (name) => {
  const peer = await publishing();
  await peer.command(name, 6, [null, 1]);
  expect(peer.session).toMatchObject({ isOver: false, isPublishing: false });
});

test('play is refused', async () => {
  const peer = setUp();
  await peer.command('connect', 1, connect);
  await peer.command('createStream', 2, [null]);
  await peer.command('play', 0, [null, 'the-key'], 1);
  expect(peer.statusCodes().at(-1)).toBe('NetStream.Play.Failed');
  expect(peer.session.isOver).toBe(true);
  expect(peer.keys).toEqual([]);
});

test('an address with the key behind it is refused without saying the key', async () => {
  const peer = setUp();
  await peer.command('connect', 1, [amf0Object({ app: 'live/the-key' })]);
  expect(peer.statusCodes()).toEqual(['NetConnection.Connect.InvalidApp']);
  expect(JSON.stringify(peer.heard.map((values) => values.map(String)))).not.toContain('the-key');
});

test.each([
  [
    'media before a publish',
    async ({ message }: ReturnType<typeof setUp>) => await message(messageTypes.video, Buffer.alloc(9)),
  ],
  ['a command before connect', async ({ command }) => await command('createStream', 1, [null])],
  [
    'publish on a stream that was not made',
    async ({ command }) => {
      await command('connect', 1, connect);
      await command('publish', 2, [null, 'key'], 7);
    },
  ],
  ['an aggregate message', async ({ message }) => await message(messageTypes.aggregate, Buffer.alloc(9))],
] satisfies [string, (peer: ReturnType<typeof setUp>) => Promise<void>][])(
  '%s breaks the protocol',
  async (_what, send) => {
    await expect(send(setUp())).rejects.toThrow(RtmpFault);
  },
);

test('a ping is answered with its own time', async () => {
  const peer = setUp();
  await peer.command('connect', 1, connect);
  const before = peer.controls.length;
  await peer.message(messageTypes.userControl, Buffer.from('000600000bb8', 'hex'));
  expect(peer.controls.slice(before)).toEqual([messageTypes.userControl]);
});

test('an unknown call is answered with an error, and one that wants no answer gets none', async () => {
  const peer = setUp();
  await peer.command('connect', 1, connect);
  await peer.command('somethingNew', 9, [null]);
  expect(peer.heard.at(-1)?.slice(0, 2)).toEqual(['_error', 9]);
  const count = peer.heard.length;
  await peer.command('somethingNew', 0, [null]);
  expect(peer.heard).toHaveLength(count);
});
