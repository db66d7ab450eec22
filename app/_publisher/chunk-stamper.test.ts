import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { soundPathMs } from './capture-clock';
import { ChunkStamper, type StampedChunk } from './chunk-stamper';
import { MatroskaRetimer } from './matroska-retimer';

const callMs = 1_795_259_654_000;

/** A recording whose sound lies 35 ms late, as a recorder writes it. */
const recorded = new MatroskaRetimer({ videoMs: 0, audioMs: 35 }).push(
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=15', '-f', 'lavfi', '-i', 'sine', '-t', '1'],
    ...['-c:v', 'libvpx', '-b:v', '100k', '-c:a', 'libopus', '-avoid_negative_ts', 'disabled', '-live', '1'],
    ...['-f', 'webm', '-'],
  ]),
).bytes;

function stamp(hasVideo: boolean, pieceBytes: number): StampedChunk[] {
  const stamper = new ChunkStamper({
    startCalledAtMs: callMs,
    hasVideo,
    frameTimesMs: () => [0, 1, 2, 3, 4].map((index) => callMs + 2 + (index * 1000) / 15),
  });
  const chunks = [];
  for (let at = 0; at < recorded.byteLength; at += pieceBytes) {
    chunks.push(stamper.push(recorded.subarray(at, at + pieceBytes), callMs + 100));
  }
  chunks.push(stamper.end());
  return chunks.filter((chunk) => chunk !== null);
}

test('every chunk is stamped with the capture time of its first block', () => {
  const reader = new MatroskaRetimer();
  for (const chunk of stamp(true, 500)) {
    const first = reader.push(chunk.bytes).blocks[0];
    if (first !== undefined) {
      expect(chunk.captureTimeMs).toBe(callMs - soundPathMs + first.timeMs);
    }
  }
});

test('sound and picture lie at their own capture times, and the sound begins at zero', () => {
  const { blocks } = new MatroskaRetimer().push(Buffer.concat(stamp(true, 300).map((chunk) => chunk.bytes)));
  const firstOf = (kind: string) => blocks.find((block) => block.kind === kind)?.timeMs;
  expect(firstOf('audio')).toBe(0);
  expect(firstOf('video')).toBe(soundPathMs + 2);
});

test('no byte is lost, added or put out of order', () => {
  for (const pieceBytes of [1, 97, 100_000]) {
    const sent = Buffer.concat(stamp(true, pieceBytes).map((chunk) => chunk.bytes));
    expect(sent.byteLength).toBe(recorded.byteLength);
  }
});

test('a recording that stays silent is sent all the same', () => {
  const stamper = new ChunkStamper({ startCalledAtMs: callMs, hasVideo: true, frameTimesMs: () => [] });
  expect(stamper.push(recorded.subarray(0, 400), callMs + 100)).toBeNull();
  expect(stamper.push(recorded.subarray(400, 420), callMs + 700)?.captureTimeMs).toBeGreaterThanOrEqual(callMs - 60);
});
