import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import type { VideoRendition } from '../contract/ladder';
import type { FrameRate } from '../contract/profiles';
import { MatroskaWriter } from '../ingest/whip/matroska-writer';
import { framesPerSecond } from './frame-rate';
import { LastPicture } from './last-picture';
import { pictureGraph } from './picture-graph';

vi.setConfig({ testTimeout: 60_000 });

const size = 32;
const frameBytes = (size * size * 3) / 2;
const frameCount = 60;
/** Each frame is as bright as its number says. */
const brightness = (index: number) => 16 + index * 3;

async function ffmpeg(args: string[], input: Buffer): Promise<Buffer> {
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  return await buffer(child.stdout);
}

/** Numbered pictures, each a keyframe. */
async function numberedFrames(): Promise<Buffer[]> {
  const pictures = Array.from({ length: frameCount }, (_, index) =>
    Buffer.alloc(frameBytes, 128).fill(brightness(index), 0, size * size),
  );
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${size}x${size}`, '-i', 'pipe:0'];
  const ivf = await ffmpeg([...raw, '-c:v', 'libvpx', '-g', '1', '-f', 'ivf', 'pipe:1'], Buffer.concat(pictures));
  const frames: Buffer[] = [];
  // A header of 32 bytes; before each frame its length and eight bytes of time.
  for (let at = 32; at < ivf.byteLength; at += 12 + ivf.readUInt32LE(at)) {
    frames.push(ivf.subarray(at + 12, at + 12 + ivf.readUInt32LE(at)));
  }
  return frames;
}

/** A camera that is uneven by a third of a frame, leaves frames out, and hurries now and then. Whole milliseconds. */
function unevenTimes(slotMs: number): number[] {
  let evenMs = 0;
  return Array.from({ length: frameCount }, (_, index) => {
    const timeMs = Math.round(evenMs + (index === 0 ? 0 : Math.sin(index * 7) * slotMs * 0.3));
    evenMs += slotMs * (index % 20 === 7 ? 5 : index % 13 === 4 ? 0.5 : 1);
    return timeMs;
  });
}

/** Which picture each slot of the output shows. */
async function shownBySlot(frames: Buffer[], timesMs: number[], frameRate: FrameRate): Promise<number[]> {
  const writer = new MatroskaWriter({
    video: { codec: 'vp8', width: size, height: size, description: null },
    hasAudio: false,
  });
  const blocks = frames.map((bytes, index) =>
    writer.block({ kind: 'video', timeMs: timesMs[index] ?? 0, isKeyframe: true, bytes }),
  );
  const lastPicture = new LastPicture(frameRate);
  const media = Buffer.concat([lastPicture.push(Buffer.concat([writer.head(), ...blocks])), lastPicture.end()]);
  const rung: VideoRendition = { id: '144p', kind: 'video', width: size, height: size, bitrate: 100_000, frameRate };
  const raw = await ffmpeg(
    [
      ...['-copyts', '-probesize', '32768', '-analyzeduration', '0', '-fpsprobesize', '0', '-threads', '1'],
      ...['-f', 'matroska', '-i', 'pipe:0', '-filter_complex', pictureGraph([rung], () => undefined, true)],
      ...['-map', '[v0]', '-fps_mode', 'cfr', '-r', `${frameRate.numerator}/${frameRate.denominator}`],
      ...['-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
    ],
    media,
  );
  return Array.from({ length: raw.byteLength / frameBytes }, (_, slot) =>
    Math.round(((raw[slot * frameBytes + (size * size) / 2 + size / 2] ?? 0) - 16) / 3),
  );
}

test('a picture that states its length lies on the slot nearest to its time, after gaps and crowded slots too', async () => {
  const frames = await numberedFrames();
  for (const frameRate of [
    { numerator: 30, denominator: 1 },
    { numerator: 24_000, denominator: 1001 },
  ]) {
    const slotMs = 1000 / framesPerSecond(frameRate);
    const timesMs = unevenTimes(slotMs);
    const slots = timesMs.map((timeMs) => Math.round(timeMs / slotMs));
    const shown = await shownBySlot(frames, timesMs, frameRate);
    expect(shown).toHaveLength((slots.at(-1) ?? 0) + 1);
    const misplaced = slots.filter((slot, index) => slots.indexOf(slot) === index && shown[slot] !== index);
    expect(misplaced).toEqual([]);
  }
});
