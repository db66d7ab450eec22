/** Frame lengths in milliseconds of the configurations of a TOC byte (RFC 6716, 3.1). */
const silkMs = [10, 20, 40, 60];
const hybridMs = [10, 20];
const celtMs = [2.5, 5, 10, 20];
/** RFC 6716, 3.4: no packet lasts longer. */
const packetMsMax = 120;

/** How long the sound of an Opus packet lasts, in milliseconds; null for bytes that are no packet. */
export function opusDurationMs(packet: Buffer): number | null {
  const toc = packet[0];
  if (toc === undefined) {
    return null;
  }
  const config = toc >> 3;
  const frameMs = config < 12 ? silkMs[config & 3] : config < 16 ? hybridMs[config & 1] : celtMs[config & 3];
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f;
  const durationMs = (frameMs ?? 0) * frames;
  return durationMs > 0 && durationMs <= packetMsMax ? durationMs : null;
}
