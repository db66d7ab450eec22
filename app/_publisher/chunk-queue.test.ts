import { expect, test } from 'vitest';
import { ChunkQueue } from './chunk-queue';

const bytes = (length: number) => new Uint8Array(length);

function filled(count: number) {
  const queue = new ChunkQueue(1000);
  for (let index = 0; index < count; index += 1) {
    queue.add(bytes(10), 1000 + index * 60);
  }
  return queue;
}

test('sequences count up from 0 without a hole', () => {
  const queue = filled(3);
  expect([queue.after(-1), queue.after(0), queue.after(1), queue.after(2)].map((chunk) => chunk?.sequence)).toEqual([
    0,
    1,
    2,
    undefined,
  ]);
  expect(queue.lastSequence).toBe(2);
});

test('an acknowledgement frees everything up to it; a late or repeated one changes nothing', () => {
  const queue = filled(5);
  queue.acknowledge(2);
  queue.acknowledge(1);
  queue.acknowledge(2);
  expect(queue.length(1240)).toEqual({ chunks: 2, bytes: 20, seconds: 0.06 });
  expect(queue.after(-1)?.sequence).toBe(3);
  queue.acknowledge(99);
  expect(queue.isEmpty).toBe(true);
});

test('a full queue refuses the newest chunk and keeps the oldest', () => {
  const queue = new ChunkQueue(25);
  expect(queue.add(bytes(20), 0)?.sequence).toBe(0);
  expect(queue.add(bytes(20), 60)).toBeNull();
  expect(queue.lastSequence).toBe(0);
  expect(queue.after(-1)?.sequence).toBe(0);
});

test('a node that forgot what it had acknowledged is noticed', () => {
  const queue = filled(5);
  queue.acknowledge(2);
  expect(queue.isMissingAfter(2)).toBe(false);
  expect(queue.isMissingAfter(4)).toBe(false);
  expect(queue.isMissingAfter(-1)).toBe(true);
});
