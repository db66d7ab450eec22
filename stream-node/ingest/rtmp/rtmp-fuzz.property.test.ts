import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { fuzzRuns, fuzzTimeoutMs } from '../../testing/fuzz-runs';
import { mutatedBytes } from '../../testing/mutated-bytes';
import { readAmf0 } from './amf0-reader';
import type { Amf0Value } from './amf0-value';
import { amf0Object, writeAmf0 } from './amf0-writer';
import { ChunkReader } from './chunk-reader';
import { encodeMessage } from './chunk-writer';
import { Handshake } from './handshake';
import { inspectAudio, inspectVideo } from './media-payload';
import { RtmpFault } from './rtmp-fault';
import { messageTypes } from './rtmp-message';
import { RtmpSession } from './rtmp-session';
import { readMetadata } from './stream-metadata';

// Every layer is given what an encoder sends, with bytes changed, left out, put in and cut off. It may refuse with a fault of
// the protocol; it may not throw anything else, hang, or hold more than it was sent.
vi.setConfig({ testTimeout: fuzzTimeoutMs });

const metadata = writeAmf0('@setDataFrame', 'onMetaData', amf0Object({ width: 640, framerate: 30, encoder: 'x' }));
const command = (name: string, transactionId: number, ...args: Amf0Value[]) =>
  message(messageTypes.command, writeAmf0(name, transactionId, ...args), 0);
const message = (typeId: number, payload: Buffer, messageStreamId: number) =>
  encodeMessage({ typeId, messageStreamId, payload }, 128);
const publish = message(messageTypes.command, writeAmf0('publish', 5, null, 'a-stream-key', 'live'), 1);

const conversation = Buffer.concat([
  message(messageTypes.setChunkSize, Buffer.from('00001000', 'hex'), 0),
  encodeMessage(
    { typeId: messageTypes.command, messageStreamId: 0, payload: writeAmf0('connect', 1, amf0Object({ app: 'live' })) },
    4096,
  ),
  command('releaseStream', 2, null, 'a-stream-key'),
  command('createStream', 4, null),
  publish,
  message(messageTypes.data, metadata, 1),
  message(messageTypes.video, Buffer.from('1700000000010203', 'hex'), 1),
  message(messageTypes.audio, Buffer.from('af001210', 'hex'), 1),
  Buffer.from('04 000010 000004 08 01000000 af010000 c4 af010000'.replaceAll(' ', ''), 'hex'),
  Buffer.from('44 ffffff 000004 08 01000000 27010000'.replaceAll(' ', ''), 'hex'),
  message(messageTypes.abort, Buffer.from('00000004', 'hex'), 0),
  message(messageTypes.userControl, Buffer.from('000600000bb8', 'hex'), 0),
  command('deleteStream', 6, null, 1),
]);

/** Runs and lets through nothing but a fault of the protocol. */
function faultAtMost(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(RtmpFault);
  }
}

test('the handshake', () => {
  const hello = Buffer.concat([Buffer.from([3]), Buffer.alloc(1536, 1), Buffer.alloc(1536, 2), Buffer.from('rest')]);
  fc.assert(
    fc.property(mutatedBytes(hello), fc.integer({ min: 1, max: 4000 }), (bytes, split) => {
      const handshake = new Handshake();
      faultAtMost(() => {
        const answers = [handshake.push(bytes.subarray(0, split)), handshake.push(bytes.subarray(split))];
        expect(Buffer.concat(answers.map(({ answer }) => answer)).byteLength).toBeLessThanOrEqual(3073);
      });
    }),
    fuzzRuns,
  );
});

test('the chunk reader', () => {
  fc.assert(
    fc.property(mutatedBytes(conversation), fc.integer({ min: 1, max: 600 }), (bytes, split) => {
      const reader = new ChunkReader({ messageBytesMax: 4096, openBytesMax: 8192 });
      let handedOn = 0;
      faultAtMost(() => {
        for (const slice of [bytes.subarray(0, split), bytes.subarray(split)]) {
          for (const { payload } of reader.push(slice)) {
            handedOn += payload.byteLength;
          }
        }
      });
      expect(handedOn).toBeLessThanOrEqual(bytes.byteLength);
    }),
    fuzzRuns,
  );
});

test('the AMF0 reader, and what is made of metadata', () => {
  const values = writeAmf0('connect', 1, amf0Object({ app: 'live', list: [1, [2, [3]]], when: new Date(0) }), null);
  fc.assert(
    fc.property(fc.oneof(mutatedBytes(values), mutatedBytes(metadata), fc.uint8Array({ maxLength: 64 })), (bytes) => {
      faultAtMost(() => expect(readAmf0(Buffer.from(bytes)).length).toBeLessThanOrEqual(bytes.byteLength));
      faultAtMost(() => readMetadata(Buffer.from(bytes)));
    }),
    fuzzRuns,
  );
});

test('what is read of media', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      const reasons = [inspectVideo(Buffer.from(bytes)), inspectAudio(Buffer.from(bytes))];
      expect(reasons.every(({ kind }) => ['media', 'empty', 'refused'].includes(kind))).toBe(true);
    }),
    fuzzRuns,
  );
});

test('the conversation that is mutated is itself taken to its end', async () => {
  const media: string[] = [];
  const session = new RtmpSession({
    send: () => {},
    publish: async () => null,
    metadata: () => {},
    media: async (kind) => {
      media.push(kind);
    },
  });
  for (const received of new ChunkReader({ messageBytesMax: 4096, openBytesMax: 8192 }).push(conversation)) {
    await session.handle(received);
  }
  expect(media).toEqual(['video', 'audio', 'audio', 'audio', 'audio']);
  expect(session.isPublishing).toBe(false);
});

test('a whole conversation: no media before an accepted key, and answers in proportion', async () => {
  await fc.assert(
    fc.asyncProperty(mutatedBytes(conversation), fc.boolean(), async (bytes, isRightKey) => {
      const reader = new ChunkReader({ messageBytesMax: 4096, openBytesMax: 8192 });
      let sentBytes = 0;
      let isAccepted = false;
      const session = new RtmpSession({
        send: (answer) => {
          sentBytes += answer.byteLength;
        },
        publish: async () => {
          isAccepted = isRightKey;
          return isRightKey ? null : { code: 'NetStream.Publish.BadName', description: 'no' };
        },
        metadata: () => expect(isAccepted).toBe(true),
        media: async () => expect(isAccepted).toBe(true),
      });
      try {
        for (const received of reader.push(bytes)) {
          await session.handle(received);
          if (session.isOver) {
            break;
          }
        }
      } catch (error) {
        expect(error).toBeInstanceOf(RtmpFault);
      }
      expect(sentBytes).toBeLessThan(4000);
    }),
    fuzzRuns,
  );
});
