/** One RTP packet (RFC 3550, 5.1), decrypted. */
export type RtpPacket = {
  readonly payloadType: number;
  /** of a video frame: its last packet */
  readonly marker: boolean;
  /** 16 bits, wraps */
  readonly sequence: number;
  /** in ticks of the track's clock rate; 32 bits, wraps */
  readonly timestamp: number;
  readonly ssrc: number;
  /** without header extensions and padding; empty in a packet that only probes the line */
  readonly payload: Buffer;
};

const fixedHeaderBytes = 12;

/** Whether a datagram is RTCP: both share one port, and the second byte tells them apart (RFC 5761, 4). */
export function isRtcp(datagram: Buffer): boolean {
  const type = datagram[1] ?? 0;
  return type >= 192 && type <= 223;
}

/** Reads one packet; null for anything that is none. */
export function readRtpPacket(datagram: Buffer): RtpPacket | null {
  const first = datagram[0];
  const second = datagram[1];
  if (first === undefined || second === undefined || first >> 6 !== 2 || datagram.byteLength < fixedHeaderBytes) {
    return null;
  }
  let offset = fixedHeaderBytes + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (datagram.byteLength < offset + 4) {
      return null;
    }
    offset += 4 + 4 * datagram.readUInt16BE(offset + 2);
  }
  const paddingBytes = (first & 0x20) === 0 ? 0 : (datagram.at(-1) ?? 0);
  const end = datagram.byteLength - paddingBytes;
  if (end < offset) {
    return null;
  }
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(offset, end),
  };
}
