import { encodeMessage, ourChunkSize } from './chunk-writer';
import { messageTypes } from './rtmp-message';

/** User Control events (RTMP 1.0, 7.1.7). */
export const userControlEvents = { streamBegin: 0, pingRequest: 6, pingResponse: 7 } as const;

/** How much a publisher may have under way before it hears an acknowledgement, in bytes; the value most servers name. */
export const ourWindowBytes = 2_500_000;
/** RTMP 1.0, 5.4.5: the limit may be moved by the peer. */
const dynamicLimit = 2;

function control(typeId: number, payload: Buffer): Buffer {
  return encodeMessage({ typeId, messageStreamId: 0, payload }, ourChunkSize);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value, 0);
  return bytes;
}

/** What a server says at once after `connect`: its window, the peer's bandwidth, and its chunk size. */
export function encodeGreeting(): Buffer {
  return Buffer.concat([
    control(messageTypes.windowAckSize, uint32(ourWindowBytes)),
    control(messageTypes.setPeerBandwidth, Buffer.concat([uint32(ourWindowBytes), Buffer.from([dynamicLimit])])),
    control(messageTypes.setChunkSize, uint32(ourChunkSize)),
  ]);
}

/** @param bytesReceived of the connection since the handshake; runs over at 2^32 */
export function encodeAcknowledgement(bytesReceived: number): Buffer {
  return control(messageTypes.acknowledgement, uint32(bytesReceived % 2 ** 32));
}

export function encodeUserControl(event: number, value: number): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(event, 0);
  payload.writeUInt32BE(value, 2);
  return control(messageTypes.userControl, payload);
}

/** The event and its value, or null when there is no whole one. */
export function readUserControl(payload: Buffer): { event: number; value: number } | null {
  return payload.byteLength < 6 ? null : { event: payload.readUInt16BE(0), value: payload.readUInt32BE(2) };
}
