/** What a sender says of its clock: at this time of day its media had this timestamp (RFC 3550, 6.4.1). */
export type SenderReport = {
  readonly ssrc: number;
  /** by the sender's clock, unix milliseconds */
  readonly ntpMs: number;
  readonly rtpTimestamp: number;
  /** the middle 32 bits of the NTP timestamp, which a receiver report gives back */
  readonly ntpMiddle: number;
};

/** What a receiver report tells of one track. */
export type ReceptionReport = {
  readonly mediaSsrc: number;
  /** of the packets expected since the last report, the lost ones in 1/256 */
  readonly fractionLost: number;
  readonly packetsLost: number;
  /** extended by the count of wraps */
  readonly highestSequence: number;
  readonly lastReportMiddle: number;
  /** since that report came, in 1/65,536 s */
  readonly delaySinceLastReport: number;
};

const typeSenderReport = 200;
const typeReceiverReport = 201;
const typeTransportFeedback = 205;
const typePayloadFeedback = 206;
/** 1900 to 1970 */
const ntpEpochSeconds = 2_208_988_800;
/** RTCP wants one of ours; tracks of one peer need no other to be told apart. */
const ownSsrc = 1;

/** The sender reports of a compound packet, in order. What cannot be read ends the walk. */
export function readSenderReports(compound: Buffer): SenderReport[] {
  const reports: SenderReport[] = [];
  let offset = 0;
  while (offset + 4 <= compound.byteLength) {
    const end = offset + 4 + 4 * compound.readUInt16BE(offset + 2);
    if ((compound[offset] ?? 0) >> 6 !== 2 || end > compound.byteLength) {
      break;
    }
    if (compound[offset + 1] === typeSenderReport && end - offset >= 28) {
      const seconds = compound.readUInt32BE(offset + 8);
      const fraction = compound.readUInt32BE(offset + 12);
      reports.push({
        ssrc: compound.readUInt32BE(offset + 4),
        ntpMs: (seconds - ntpEpochSeconds) * 1000 + (fraction / 2 ** 32) * 1000,
        rtpTimestamp: compound.readUInt32BE(offset + 16),
        ntpMiddle: compound.readUInt32BE(offset + 10),
      });
    }
    offset = end;
  }
  return reports;
}

/** RFC 3550, 6.4.2 */
export function writeReceiverReport(report: ReceptionReport): Buffer {
  const packet = packetOf(1, typeReceiverReport, 24);
  packet.writeUInt32BE(report.mediaSsrc, 8);
  // 24 bits, signed; more than it holds is its most.
  const lost = Math.min(0x7fffff, Math.max(0, report.packetsLost));
  packet.writeUInt32BE(((report.fractionLost << 24) | lost) >>> 0, 12);
  packet.writeUInt32BE(report.highestSequence >>> 0, 16);
  packet.writeUInt32BE(report.lastReportMiddle, 24);
  packet.writeUInt32BE(report.delaySinceLastReport >>> 0, 28);
  return packet;
}

/** Picture loss indication, "send a keyframe" (RFC 4585, 6.3.1). */
export function writeKeyframeRequest(mediaSsrc: number): Buffer {
  const packet = packetOf(1, typePayloadFeedback, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}

/** Rapid resynchronisation request, "say now how your media lies on your clock" (RFC 6051, 3.2). */
export function writeReportRequest(mediaSsrc: number): Buffer {
  const packet = packetOf(5, typeTransportFeedback, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}

/** Generic negative acknowledgement, "send these again" (RFC 4585, 6.2.1). @param sequences ascending, at least one */
export function writeRetransmissionRequest(mediaSsrc: number, sequences: readonly number[]): Buffer {
  const entries: { first: number; following: number }[] = [];
  for (const sequence of sequences) {
    const last = entries.at(-1);
    const distance = last === undefined ? 0 : (sequence - last.first) & 0xffff;
    if (last !== undefined && distance >= 1 && distance <= 16) {
      last.following |= 1 << (distance - 1);
    } else {
      entries.push({ first: sequence & 0xffff, following: 0 });
    }
  }
  const packet = packetOf(1, typeTransportFeedback, 4 + 4 * entries.length);
  packet.writeUInt32BE(mediaSsrc, 8);
  for (const [index, { first, following }] of entries.entries()) {
    packet.writeUInt16BE(first, 12 + 4 * index);
    packet.writeUInt16BE(following, 14 + 4 * index);
  }
  return packet;
}

/**
 * "As many bits per second may come" (draft-alvestrand-rmcat-remb, 2.2). A browser that hears it in its first two seconds
 * begins with that instead of working its way up from 300 kbit/s.
 */
export function writeBitrateLimit(mediaSsrc: number, bitsPerSecond: number): Buffer {
  const packet = packetOf(15, typePayloadFeedback, 16);
  packet.write('REMB', 12, 'latin1');
  const exponent = Math.max(0, Math.ceil(Math.log2(bitsPerSecond / 0x3ffff)));
  const mantissa = Math.floor(bitsPerSecond / 2 ** exponent);
  packet.writeUInt32BE(((1 << 24) | (exponent << 18) | mantissa) >>> 0, 16);
  packet.writeUInt32BE(mediaSsrc, 20);
  return packet;
}

/** The head of a packet of ours, and room for what follows our SSRC. */
function packetOf(count: number, type: number, bodyBytes: number): Buffer {
  const packet = Buffer.alloc(8 + bodyBytes);
  packet.writeUInt8(0x80 | count, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(packet.byteLength / 4 - 1, 2);
  packet.writeUInt32BE(ownSsrc, 4);
  return packet;
}
