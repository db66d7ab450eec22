import { readdir, readFile } from 'node:fs/promises';

/** The ffmpeg processes that encode for the process `parentPid` now, oldest first; of one stream, if it is named. */
export async function encodersOf(parentPid: number, streamId = ''): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && (await isEncoderOf(pid, parentPid, streamId))) {
      found.push(pid);
    }
  }
  return found.toSorted((a, b) => a - b);
}

/**
 * The one that encodes for `parentPid` now, of this stream.
 *
 * @throws Error where there is none: to signal a process 0 would be to signal all that run the tests
 */
export async function encoderOf(parentPid: number, streamId: string): Promise<number> {
  const [oldest] = await encodersOf(parentPid, streamId);
  if (oldest === undefined) {
    throw new Error(`no ffmpeg encodes ${streamId}`);
  }
  return oldest;
}

async function isEncoderOf(pid: number, parentPid: number, streamId: string): Promise<boolean> {
  try {
    // proc(5): the name may hold anything, so the fields are counted from its closing bracket.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(parent) !== parentPid || state === 'Z') {
      return false;
    }
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return commandLine.includes('\0unix:') && commandLine.includes(streamId);
  } catch {
    return false; // it ended meanwhile
  }
}
