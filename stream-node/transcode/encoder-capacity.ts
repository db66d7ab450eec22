import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { planLadder } from '../contract/ladder';
import { measuringCommand } from './ffmpeg-command';

const run = promisify(execFile);

/** What is encoded to measure: the ladder of a usual camera, for this many frames. */
const camera = { width: 1280, height: 720, frameRate: { numerator: 30, denominator: 1 } };
const measuredFrames = 30;
/** A live stream also decodes its source, filters, encodes sound and is packaged; the generated picture costs as little as that. */
const overhead = 1.3;
/** Of the processor: what is left keeps latency low when several keyframes fall together. */
const usableShare = 0.75;
const slotsMax = 1000;

const fileName = 'encoder-capacity.json';
const Kept = z.object({ machine: z.string(), slots: z.int().min(1).max(slotsMax) });

/**
 * How many streams this machine can encode at once: a second of the usual ladder is encoded, and the processor time that takes
 * is set against what the machine has. Kept in the data folder for as long as ffmpeg and the processor are the same, so that it
 * costs a start nothing.
 *
 * @throws Error when ffmpeg cannot be run
 */
export async function encoderCapacity(options: { ffmpegPath: string; dataDirectory: string }): Promise<number> {
  const machine = await machineOf(options.ffmpegPath);
  const file = join(options.dataDirectory, fileName);
  const kept = await readKept(file);
  if (kept?.machine === machine) {
    return kept.slots;
  }
  const slots = slotsFor(await processorSecondsPerSecond(options.ffmpegPath));
  await mkdir(options.dataDirectory, { recursive: true, mode: 0o700 });
  const half = `${file}.half`;
  await writeFile(half, JSON.stringify({ machine, slots } satisfies z.infer<typeof Kept>), { mode: 0o600 });
  await rename(half, file);
  return slots;
}

/** Encoder slots of a machine with `cores`, where a second of the usual ladder takes so many seconds of one core. */
export function slotsFor(processorSeconds: number, cores = availableParallelism()): number {
  const slots = Math.floor((cores * usableShare) / (processorSeconds * overhead));
  return Math.min(slotsMax, Math.max(1, slots));
}

async function processorSecondsPerSecond(ffmpegPath: string): Promise<number> {
  const usedSeconds = await measuringCommand(ffmpegPath, planLadder(camera), measuredFrames);
  return (usedSeconds * camera.frameRate.numerator) / camera.frameRate.denominator / measuredFrames;
}

/** Changes whenever a measurement made before says nothing any more. */
async function machineOf(ffmpegPath: string): Promise<string> {
  const { stdout } = await run(ffmpegPath, ['-hide_banner', '-version']);
  const facts = [stdout, cpus()[0]?.model ?? '', String(availableParallelism()), JSON.stringify(camera)];
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}

async function readKept(file: string): Promise<z.infer<typeof Kept> | undefined> {
  try {
    return Kept.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // None yet, or half of one: it is measured again.
    return undefined;
  }
}
