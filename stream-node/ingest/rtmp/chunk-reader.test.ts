import { expect, test } from 'vitest';
import { ChunkReader } from './chunk-reader';
import { encodeMessage } from './chunk-writer';
import { RtmpFault } from './rtmp-fault';
import { messageTypes, type RtmpMessage } from './rtmp-message';

const limits = { messageBytesMax: 100_000, openBytesMax: 200_000 };
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const read = (bytes: Buffer, reader = new ChunkReader({ ...limits })) => [...reader.push(bytes)];
const times = (messages: RtmpMessage[]) => messages.map(({ timestampMs }) => timestampMs);

test('the four header types say less and less of the same stream (RTMP 1.0, 5.3.2.1)', () => {
  const messages = read(
    Buffer.concat([
      hex('03 0003e8 000020 08 39300000'), // type 0 at 1000, 32 bytes of audio in message stream 12345
      Buffer.alloc(32, 1),
      hex('83 000014'), // type 2: 20 later
      Buffer.alloc(32, 2),
      hex('c3'), // type 3: 20 later again
      Buffer.alloc(32, 3),
      hex('43 000005 000004 09'), // type 1: 5 later, 4 bytes of video
      Buffer.alloc(4, 4),
    ]),
  );
  expect(times(messages)).toEqual([1000, 1020, 1040, 1045]);
  expect(messages.map(({ typeId }) => typeId)).toEqual([8, 8, 8, 9]);
  expect(new Set(messages.map(({ messageStreamId }) => messageStreamId))).toEqual(new Set([12_345]));
  expect(messages[3]?.payload).toEqual(Buffer.alloc(4, 4));
});

test('a message of several chunks comes out whole, whatever lies between them in other chunk streams', () => {
  const video = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 251));
  const messages = read(
    Buffer.concat([
      hex('04 00000a 00012c 09 01000000'),
      video.subarray(0, 128),
      hex('06 00000b 000002 08 01000000 aabb'),
      hex('c4'),
      video.subarray(128, 256),
      hex('c4'),
      video.subarray(256),
    ]),
  );
  expect(messages.map(({ typeId }) => typeId)).toEqual([8, 9]);
  expect(messages[1]?.payload).toEqual(video);
});

test('byte by byte it comes out the same', () => {
  const payload = Buffer.alloc(5000, 7);
  const bytes = encodeMessage({ typeId: messageTypes.command, messageStreamId: 1, payload }, 128);
  const reader = new ChunkReader({ ...limits });
  const messages = [...bytes].flatMap((byte) => read(Buffer.from([byte]), reader));
  expect(messages).toHaveLength(1);
  expect(messages[0]?.payload).toEqual(payload);
});

test('a timestamp from 0xffffff on is read from its four bytes, which every chunk of the message repeats', () => {
  const messages = read(
    Buffer.concat([
      hex('04 ffffff 0000c8 09 01000000 01000000'),
      Buffer.alloc(128, 1),
      hex('c4 01000000'),
      Buffer.alloc(72, 1),
      hex('84 000021'),
      Buffer.alloc(128, 2),
      hex('c4'),
      Buffer.alloc(72, 2),
    ]),
  );
  expect(times(messages)).toEqual([0x01000000, 0x01000021]);
  expect(messages[1]?.payload).toEqual(Buffer.alloc(200, 2));
});

test('timestamps run over at 2^32', () => {
  const messages = read(hex('04 ffffff 000001 08 01000000 fffffff0 00   84 000020 00'));
  expect(times(messages)).toEqual([0xfffffff0, 0x10]);
});

test('Set Chunk Size holds from the next chunk on', () => {
  const payload = Buffer.alloc(1000, 5);
  const setChunkSize = encodeMessage({ typeId: 1, messageStreamId: 0, payload: hex('000003e8') }, 128);
  const messages = read(
    Buffer.concat([setChunkSize, encodeMessage({ typeId: 20, messageStreamId: 0, payload }, 1000)]),
  );
  expect(messages.map(({ typeId }) => typeId)).toEqual([1, 20]);
  expect(messages[1]?.payload).toEqual(payload);
});

test('Abort throws an incomplete message away, and the chunk stream goes on with a new one', () => {
  const abort = encodeMessage({ typeId: 2, messageStreamId: 0, payload: hex('00000004') }, 128);
  const messages = read(
    Buffer.concat([
      hex('04 000000 0000ff 09 01000000'),
      Buffer.alloc(128),
      abort,
      hex('04 000000 000001 09 01000000 2a'),
    ]),
  );
  expect(messages.at(-1)?.payload).toEqual(hex('2a'));
});

test('the two longer forms of a chunk stream id are read', () => {
  const messages = read(hex('00 00 000000 000001 08 00000000 01   01 0102 000000 000001 08 00000000 02'));
  expect(messages.map(({ payload }) => payload[0])).toEqual([1, 2]);
});

test.each([
  ['a chunk stream that begins in the middle', hex('c4')],
  ['a message longer than may be', hex('04 000000 ffffff 09 00000000')],
  ['a control message longer than any', hex('02 000000 000fff 01 00000000')],
  ['a chunk size of zero', hex('02 000000 000004 01 00000000 00000000')],
  ['a chunk size with its first bit set', hex('02 000000 000004 01 00000000 80000001')],
  [
    'a new message inside another',
    Buffer.concat([hex('04 000000 0000ff 09 00000000'), Buffer.alloc(128), hex('04 000000 000001 09 00000000 00')]),
  ],
])('%s is refused', (_what, bytes) => {
  expect(() => read(bytes)).toThrow(RtmpFault);
});

test('more chunk streams than any encoder uses are refused', () => {
  const reader = new ChunkReader({ ...limits });
  const one = (id: number) => Buffer.concat([Buffer.from([0, id]), hex('000000 000001 08 00000000 00')]);
  for (let id = 0; id < 64; id += 1) {
    read(one(id), reader);
  }
  expect(() => read(one(64), reader)).toThrow(RtmpFault);
});

test('incomplete messages may not hold more than their bound together', () => {
  const reader = new ChunkReader({ messageBytesMax: 1000, openBytesMax: 1000 });
  const begin = (id: number) => Buffer.concat([Buffer.from([id]), hex('000000 0003e7 08 00000000'), Buffer.alloc(128)]);
  expect(() => [3, 4, 5, 6, 7, 8, 9, 10, 11].map((id) => read(begin(id), reader))).toThrow(RtmpFault);
});
