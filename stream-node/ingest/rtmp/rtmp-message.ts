/** Message type ids (RTMP 1.0, 5.4, 6.2 and 7.1). */
export const messageTypes = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  /** AMF3: a zero byte, then AMF0 */
  dataAmf3: 15,
  commandAmf3: 17,
  data: 18,
  command: 20,
  aggregate: 22,
} as const;

/** One message of the RTMP message stream, put together from its chunks. */
export type RtmpMessage = {
  readonly typeId: number;
  readonly messageStreamId: number;
  /** the sender's clock from a zero of its own; runs over at 2^32 */
  readonly timestampMs: number;
  readonly payload: Buffer;
};
