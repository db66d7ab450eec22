import { opusDurationMs } from './opus-packet';

export type SoundPacket = {
  /** at 48 kHz */
  readonly timestamp: number;
  readonly bytes: Buffer;
  readonly durationMs: number;
};

const ticksPerMs = 48;
/** ffmpeg fills what is missing for longer with silence, at once. */
const filledMsMax = 200;

/**
 * Puts packets without content in the place of lost ones (RFC 6716, 3.4: a frame of no bytes is one that was lost). Without
 * them ffmpeg stretches the sound over each short gap, and it comes up to 100 ms early before a gap is filled.
 */
export class SoundGaps {
  #end: { timestamp: number; toc: number } | null = null;

  /** What goes on in the place of this packet: itself, behind what is missing before it. */
  filled(packet: SoundPacket): SoundPacket[] {
    const before = this.#end === null ? [] : missing(this.#end, packet.timestamp);
    const timestamp = (packet.timestamp + Math.round(packet.durationMs * ticksPerMs)) >>> 0;
    this.#end = { timestamp, toc: packet.bytes[0] ?? 0 };
    return [...before, packet];
  }
}

/** Frames of the kind of the last one, for as long as whole ones fit in. */
function missing(end: { timestamp: number; toc: number }, until: number): SoundPacket[] {
  const gapTicks = (until - end.timestamp) | 0;
  // One frame in the packet: the lowest two bits say how many (RFC 6716, 3.1).
  const bytes = Buffer.from([end.toc & 0xfc]);
  const durationMs = opusDurationMs(bytes) ?? 0;
  const frameTicks = durationMs * ticksPerMs;
  if (frameTicks === 0 || gapTicks <= 0 || gapTicks > filledMsMax * ticksPerMs) {
    return [];
  }
  return Array.from({ length: Math.floor(gapTicks / frameTicks) }, (_, index) => ({
    timestamp: (end.timestamp + index * frameTicks) >>> 0,
    bytes,
    durationMs,
  }));
}
