import { expect, test } from 'vitest';
import { opusPacketMs } from './opus-packet';

test.each([
  [20, [0xfc, 0x7f]], // fullband CELT, one frame of 20 ms
  [20, [0xf5]], // two frames of 10 ms
  [60, [0x18]], // SILK narrowband, one frame of 60 ms
  [20, [0x78]], // fullband hybrid, one frame of 20 ms
  [60, [0xfb, 0x03]], // three frames of 20 ms
])('a packet lasts %d ms by its first bytes %j', (durationMs, bytes) => {
  expect(opusPacketMs(Uint8Array.from(bytes))).toBe(durationMs);
});
