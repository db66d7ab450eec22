import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RecordedRun } from './recorded-runs';

const run = promisify(execFile);
const maxBuffer = 64 * 1024 * 1024;
const sampleRate = 48_000;
/** The brightness of the middle, which is picture also where there are bars. */
const middle = 'crop=iw/4:ih/4,format=gray,scale=1:1:flags=area';
/** A tone is there once it is this loud, of 1. */
const loud = 0.1;
/** So long it was quiet before a beep that sets in, in milliseconds. */
const quietMs = 500;

/** Event-clock times, unix milliseconds, at which the picture turns bright. @param framesPerSecond of the recording */
export async function readFlashes(runs: readonly RecordedRun[], framesPerSecond = 30): Promise<number[]> {
  const flashes: number[] = [];
  let before: number | undefined;
  for (const { mp4, startMs } of runs) {
    for (const [frame, brightness] of (await brightnessOf(mp4)).entries()) {
      if (brightness > 128 && before !== undefined && before <= 128) {
        flashes.push(startMs + (frame * 1000) / framesPerSecond);
      }
      before = brightness;
    }
  }
  return flashes;
}

/** The brightness of each picture from black, 0, to white, 255. */
export async function brightnessOf(mp4: Buffer): Promise<Uint8Array> {
  return await decode(mp4, ['-an', '-vf', middle, '-f', 'rawvideo']);
}

/** Event-clock times, unix milliseconds, at which its tone sets in. */
export async function readBeeps(runs: readonly RecordedRun[]): Promise<number[]> {
  const beeps: number[] = [];
  let loudAtMs = runs[0]?.startMs ?? 0;
  for (const { mp4, startMs } of runs) {
    const pcm = await decode(mp4, ['-vn', '-f', 's16le', '-ac', '1', '-ar', String(sampleRate)]);
    for (let at = 0; at * 2 + 1 < pcm.byteLength; at += 1) {
      if (Math.abs(pcm.readInt16LE(at * 2)) > loud * 32_768) {
        const atMs = startMs + (at * 1000) / sampleRate;
        if (atMs - loudAtMs >= quietMs) {
          beeps.push(atMs);
        }
        loudAtMs = atMs;
      }
    }
  }
  return beeps;
}

/** How much later than the flash each beep comes, in milliseconds; beeps without a flash within half a second are left out. */
export function soundDelaysMs(flashesMs: readonly number[], beepsMs: readonly number[]): number[] {
  return beepsMs.flatMap((beep) => {
    const delays = flashesMs.map((flash) => beep - flash).filter((delay) => Math.abs(delay) < 500);
    return delays.length === 0 ? [] : [delays.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0] ?? 0];
  });
}

async function decode(mp4: Buffer, output: string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-flash-'));
  try {
    const path = join(folder, 'media.mp4');
    await writeFile(path, mp4);
    const args = ['-hide_banner', '-loglevel', 'error', '-i', path, ...output, 'pipe:1'];
    return (await run('ffmpeg', args, { encoding: 'buffer', maxBuffer })).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
