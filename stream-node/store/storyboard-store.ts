import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StreamId } from '../contract/ids';

/** A sheet of small pictures, row by row, each of the keyframe at its time. */
export const StoryboardSheet = z.object({
  /** file name beside the index; never used for another picture */
  file: z.string().regex(/^storyboard-[A-Za-z0-9_-]{1,80}\.jpg$/),
  columns: z.int().min(1).max(20),
  tileWidth: z.int().min(2).max(1000),
  tileHeight: z.int().min(2).max(1000),
  /** event-clock times of its pictures, unix milliseconds */
  startsMs: z.array(z.number()).min(1).max(400),
});
export type StoryboardSheet = z.infer<typeof StoryboardSheet>;

/** All sheets of a stream, oldest first. */
export const StoryboardIndex = z.object({
  /** what each picture stands for, in seconds */
  intervalSeconds: z.number().positive(),
  sheets: z.array(StoryboardSheet),
});
export type StoryboardIndex = z.infer<typeof StoryboardIndex>;

const indexFile = 'storyboard.json';

/** Where a stream's storyboard lies. */
export function storyboardFolder(dataDirectory: string, streamId: string): string {
  return join(dataDirectory, 'storyboards', StreamId.parse(streamId));
}

/** `undefined` where there is none, or none that can be read: a storyboard is never worth a failure. */
export async function readStoryboard(folder: string): Promise<StoryboardIndex | undefined> {
  try {
    return StoryboardIndex.parse(JSON.parse(await readFile(join(folder, indexFile), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Written whole under another name first, so that a crash never leaves half of it. */
export async function writeStoryboard(folder: string, index: StoryboardIndex): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const half = join(folder, `${indexFile}.half`);
  await writeFile(half, JSON.stringify(index), { mode: 0o600 });
  await rename(half, join(folder, indexFile));
}

export async function deleteStoryboard(dataDirectory: string, streamId: string): Promise<void> {
  await rm(storyboardFolder(dataDirectory, streamId), { recursive: true, force: true });
}
