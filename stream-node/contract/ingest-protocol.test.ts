import { expect, test } from 'vitest';
import { chunkBytesMax, decodeChunk, encodeChunk } from './ingest-protocol';

test('a chunk comes back as it was sent', () => {
  const chunk = { sequence: 4_000_000_000, captureTimeMs: 1_795_260_000_123.5, bytes: new Uint8Array([1, 2, 3]) };
  expect(decodeChunk(encodeChunk(chunk))).toEqual(chunk);
});

test('garbage, an empty chunk and a capture time that is no number are bad messages', () => {
  expect(decodeChunk(new Uint8Array())).toBe('bad_message');
  expect(decodeChunk(new Uint8Array(100))).toBe('bad_message');
  expect(decodeChunk(encodeChunk({ sequence: 0, captureTimeMs: 0, bytes: new Uint8Array() }))).toBe('bad_message');
  for (const captureTimeMs of [Number.NaN, Number.POSITIVE_INFINITY, 1e17, -1e17]) {
    expect(decodeChunk(encodeChunk({ sequence: 0, captureTimeMs, bytes: new Uint8Array(1) }))).toBe('bad_message');
  }
});

test('a chunk over the limit is refused by its size', () => {
  const bytes = new Uint8Array(chunkBytesMax + 1);
  expect(decodeChunk(encodeChunk({ sequence: 0, captureTimeMs: 0, bytes }))).toBe('chunk_too_large');
});
