import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReorderBuffer } from './reorder-buffer';
import type { RtpPacket } from './rtp-packet';

const packet = (sequence: number): RtpPacket => ({
  ...{ payloadType: 96, marker: false, timestamp: 0, ssrc: 1, payload: Buffer.alloc(0) },
  sequence: sequence & 0xffff,
});
const shown = (items: readonly (RtpPacket | 'lost')[]) => items.map((item) => (item === 'lost' ? item : item.sequence));

test('packets out of order go on in order, over the edge of 2^16, each once', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.array(fc.nat(8), { minLength: 1, maxLength: 60 }),
      (first, delays) => {
        const buffer = new ReorderBuffer({ patienceMs: 1000 });
        const sent = delays
          .map((delay, index) => ({ sequence: first + 1 + index, at: index + delay }))
          .toSorted((one, other) => one.at - other.at);
        const out = [packet(first), ...sent.flatMap(({ sequence }) => [packet(sequence), packet(sequence)])];
        const got = out.flatMap((item) => shown(buffer.add(item, 0)));
        expect(got).toEqual(Array.from({ length: delays.length + 1 }, (_, index) => (first + index) & 0xffff));
        expect(buffer.lostCount).toBe(0);
      },
    ),
  );
});

test('what is missing is asked for, some times, and given up after a while', () => {
  const buffer = new ReorderBuffer({ patienceMs: 300 });
  buffer.add(packet(10), 0);
  expect(shown(buffer.add(packet(13), 0))).toEqual([]);
  expect(buffer.missing(0)).toEqual([11, 12]);
  expect(buffer.missing(20)).toEqual([]);
  expect(shown(buffer.add(packet(11), 30))).toEqual([11]);
  expect(buffer.missing(60)).toEqual([12]);
  expect(shown(buffer.due(329))).toEqual([]);
  expect(shown(buffer.due(330))).toEqual(['lost', 13]);
  expect(buffer.lostCount).toBe(1);
  expect(shown(buffer.add(packet(12), 340))).toEqual([]);
});

test('a count that jumps is begun anew, and nothing is held without bound', () => {
  const buffer = new ReorderBuffer({ patienceMs: 60_000 });
  buffer.add(packet(0), 0);
  expect(shown(buffer.add(packet(20_000), 0))).toEqual(['lost', 20_000]);
  let held = 0;
  for (let sequence = 20_002; sequence < 22_900; sequence += 1) {
    held += 1 - shown(buffer.add(packet(sequence), 0)).filter((item) => item !== 'lost').length;
    expect(held).toBeLessThanOrEqual(1025);
  }
});
