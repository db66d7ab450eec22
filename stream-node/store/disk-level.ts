import { statfs } from 'node:fs/promises';
import { type DiskLevel, DiskLevel as DiskLevels } from '../contract/recording-state';

/** Free bytes below which a level begins. */
export type DiskLimits = {
  /** `low`: the operator is warned */
  readonly warnBytes: number;
  /** `short`: nothing new is recorded */
  readonly refuseBytes: number;
};

/** Of what recordings leave, so much is for the journals of publishers that are in already. */
const fullShare = 0.25;
/** A disk on the brink must rise by so much before it counts as better, or recordings would begin and stop in turns. */
const recoveryFactor = 1.1;

function levelOf(freeBytes: number, { warnBytes, refuseBytes }: DiskLimits): DiskLevel {
  if (freeBytes < refuseBytes * fullShare) {
    return 'full';
  }
  if (freeBytes < refuseBytes) {
    return 'short';
  }
  return freeBytes < warnBytes ? 'low' : 'ample';
}

/** The level of so many free bytes; `before` is the one it had, which it leaves for a better one only with room to spare. */
export function diskLevel(freeBytes: number, limits: DiskLimits, before: DiskLevel = 'ample'): DiskLevel {
  const level = levelOf(freeBytes, limits);
  const cautious = levelOf(freeBytes / recoveryFactor, limits);
  const rank = (each: DiskLevel) => DiskLevels.options.indexOf(each);
  if (rank(level) >= rank(before)) {
    return level;
  }
  return rank(cautious) < rank(before) ? cautious : before;
}

/**
 * Bytes on the disk that holds `folder`; free are those that this process may use.
 *
 * @throws Error of the file system
 */
export async function diskBytes(folder: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
