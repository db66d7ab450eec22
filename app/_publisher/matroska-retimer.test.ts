import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MatroskaRetimer, type TrackShifts } from './matroska-retimer';

const folder = mkdtempSync(join(tmpdir(), 'zyzz-retimer-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two seconds of picture and sound as a live Matroska stream: clusters of unknown size, as recorders write them. */
const recorded = execFileSync('ffmpeg', [
  ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=15', '-f', 'lavfi', '-i', 'sine', '-t', '2'],
  ...['-c:v', 'libvpx', '-b:v', '100k', '-g', '15', '-c:a', 'libopus', '-live', '1', '-f', 'webm', '-'],
]);

function packetTimes(bytes: Uint8Array, stream: 'v' | 'a'): number[] {
  const path = join(folder, 'probe.webm');
  writeFileSync(path, bytes);
  const entries = ['-select_streams', stream, '-show_entries', 'packet=pts', '-of', 'csv=p=0'];
  const text = execFileSync('ffprobe', ['-v', 'error', ...entries, path]).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => Number.parseInt(line, 10));
}

function retime(shifts: TrackShifts, pieceBytes: number) {
  const retimer = new MatroskaRetimer(shifts);
  const pieces = [];
  for (let at = 0; at < recorded.byteLength; at += pieceBytes) {
    pieces.push(retimer.push(recorded.subarray(at, at + pieceBytes)));
  }
  const bytes = Buffer.concat([...pieces.map((piece) => piece.bytes), retimer.rest()]);
  return { bytes, blocks: pieces.flatMap((piece) => piece.blocks), pieces };
}

const timesOf = (blocks: { kind: string; timeMs: number }[], kind: string) =>
  blocks.filter((block) => block.kind === kind).map((block) => block.timeMs);

test('without a shift the bytes pass unchanged, however the stream is cut', () => {
  for (const pieceBytes of [1, 7, 1000, 1_000_000]) {
    expect(retime({ videoMs: 0, audioMs: 0 }, pieceBytes).bytes.equals(recorded)).toBe(true);
  }
});

test('every block is found at the time a demuxer reads', () => {
  const { blocks } = retime({ videoMs: 0, audioMs: 0 }, 100);
  expect(timesOf(blocks, 'video')).toEqual(packetTimes(recorded, 'v'));
  // A demuxer takes the codec delay of Opus from the time of the block.
  const sound = packetTimes(recorded, 'a');
  expect(timesOf(blocks, 'audio').map((timeMs) => timeMs - 7)).toEqual(sound);
});

test('each track moves by its own shift and nothing else changes', () => {
  const { bytes, blocks } = retime({ videoMs: 30, audioMs: 12 }, 333);
  expect(bytes.byteLength).toBe(recorded.byteLength);
  expect(packetTimes(bytes, 'v')).toEqual(packetTimes(recorded, 'v').map((pts) => pts + 30));
  expect(packetTimes(bytes, 'a')).toEqual(packetTimes(recorded, 'a').map((pts) => pts + 12));
  expect(timesOf(blocks, 'video')[0]).toBe(37);
});

test('a block at the far end of a cluster never steps back by the reach of its time', () => {
  const track = [0xae, 0x86, 0xd7, 0x81, 1, 0x83, 0x81, 1];
  const cluster = [0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x81, 0];
  const block = [0xa3, 0x85, 0x81, 0x7f, 0xf0, 0, 0]; // 32,752 ms after the beginning of its cluster
  const stream = Uint8Array.from([0x16, 0x54, 0xae, 0x6b, 0x80 + track.length, ...track, ...cluster, ...block]);
  const { bytes, blocks } = new MatroskaRetimer({ videoMs: 75, audioMs: 0 }).push(stream);
  expect(blocks).toEqual([{ kind: 'video', timeMs: 32_767 }]);
  expect(new MatroskaRetimer().push(bytes).blocks).toEqual(blocks);
});

test('garbage neither throws nor grows without bound', () => {
  const retimer = new MatroskaRetimer();
  const garbage = Uint8Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 251);
  const passed = retimer.push(garbage).bytes.byteLength;
  expect(passed + retimer.rest().byteLength).toBe(garbage.byteLength);
});
