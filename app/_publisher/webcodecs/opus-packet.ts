/** How long one frame lasts, by the configuration number (RFC 6716, section 3.1, table 2), in milliseconds. */
const silkMs = [10, 20, 40, 60];
const hybridMs = [10, 20];
const celtMs = [2.5, 5, 10, 20];

/**
 * How long a packet of Opus lasts, in milliseconds, by its own first bytes (RFC 6716, section 3): WebKit tells the duration of
 * what was given to the encoder last.
 */
export function opusPacketMs(packet: Uint8Array): number {
  const [head = 0, count = 0] = packet;
  const configuration = head >> 3;
  const frameMs =
    configuration < 12
      ? silkMs[configuration % 4]
      : configuration < 16
        ? hybridMs[configuration % 2]
        : celtMs[configuration % 4];
  const code = head & 3;
  const frames = code === 0 ? 1 : code === 3 ? count & 63 : 2;
  return (frameMs ?? 0) * frames;
}
