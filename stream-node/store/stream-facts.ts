import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TrimRange } from '../contract/jobs';
import { streamFolder } from './recording-paths';
import { untrimmed } from './trimmed-takes';

/** What a node must still know of a recorded stream after a restart, before the web has told it anything. */
export const StreamFacts = z.object({
  visibility: z.enum(['public', 'private']),
  epoch: z.int().min(1),
  /** public URL of the node that has the stream now, when that is another one */
  home: z.url().optional(),
  /** public URLs of the other nodes that had it, and may hold takes of it */
  formerHomes: z.array(z.url()).optional(),
  /** of the recording only this stretch is shown */
  trim: TrimRange.default(untrimmed),
});
export type StreamFacts = z.infer<typeof StreamFacts>;

const fileName = 'stream.json';

/** Kept beside the takes; written whole under another name first, so that a crash never leaves half of it. */
export async function writeStreamFacts(recordingsFolder: string, streamId: string, facts: StreamFacts): Promise<void> {
  const folder = streamFolder(recordingsFolder, streamId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const half = join(folder, `${fileName}.half`);
  await writeFile(half, JSON.stringify(facts), { mode: 0o600 });
  await rename(half, join(folder, fileName));
}

/** Without a file that can be read the stream counts as private: nobody is shown what was not meant for them. */
export async function readStreamFacts(recordingsFolder: string, streamId: string): Promise<StreamFacts> {
  try {
    const text = await readFile(join(streamFolder(recordingsFolder, streamId), fileName), 'utf8');
    return StreamFacts.parse(JSON.parse(text));
  } catch {
    return { visibility: 'private', epoch: 1, trim: untrimmed };
  }
}
