import { messageTypes, type RtmpMessage } from './rtmp-message';

/** What is told to the peer before anything longer than the protocol's first chunk size is sent. */
export const ourChunkSize = 4096;
/** RTMP 1.0, 5.3.1.1: control messages use chunk stream 2. */
const controlChunkStreamId = 2;
const commandChunkStreamId = 3;
const timestampMs = 0;

/**
 * A message as chunks with full headers (RTMP 1.0, 5.3). A receiver of publishers says little, so nothing is saved by the
 * shorter headers.
 *
 * @param chunkSize the size last announced to the peer
 */
export function encodeMessage(message: Omit<RtmpMessage, 'timestampMs'>, chunkSize: number): Buffer {
  const { typeId, messageStreamId, payload } = message;
  const chunkStreamId = typeId < messageTypes.audio ? controlChunkStreamId : commandChunkStreamId;
  const header = Buffer.alloc(12);
  header.writeUInt8(chunkStreamId, 0);
  header.writeUIntBE(timestampMs, 1, 3);
  header.writeUIntBE(payload.byteLength, 4, 3);
  header.writeUInt8(typeId, 7);
  header.writeUInt32LE(messageStreamId, 8);
  const slices: Buffer[] = [header, payload.subarray(0, chunkSize)];
  for (let at = chunkSize; at < payload.byteLength; at += chunkSize) {
    slices.push(Buffer.from([0xc0 | chunkStreamId]), payload.subarray(at, at + chunkSize));
  }
  return Buffer.concat(slices);
}
