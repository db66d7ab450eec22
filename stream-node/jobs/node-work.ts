import type { JobResult, JobWork } from '../contract/jobs';
import { takesRecordings } from '../contract/recording-state';
import { type DiskLimits, diskBytes, diskLevel } from '../store/disk-level';
import type { Recordings } from '../store/recordings';
import type { DoWork } from './job-worker';
import { makeDownloads } from './make-downloads';
import { makePoster } from './make-poster';
import type { WorkContext } from './work-context';

/** How a node does each kind of job. */
export function nodeWork(node: {
  recordings: Recordings;
  recordingsFolder: string;
  nodeSecret: string;
  diskLimits: DiskLimits;
}): DoWork {
  const { recordings, recordingsFolder, nodeSecret, diskLimits } = node;
  const needRoom = async (bytes: number) => {
    const { freeBytes } = await diskBytes(recordingsFolder);
    if (!takesRecordings(diskLevel(Math.max(0, freeBytes - bytes), diskLimits))) {
      throw new Error('the disk of the node has no room for it');
    }
  };
  return async (work: JobWork, progress, signal): Promise<JobResult> => {
    const context: WorkContext = { recordings, recordingsFolder, nodeSecret, progress, signal, needRoom };
    switch (work.kind) {
      case 'downloads':
        return await makeDownloads(work, context);
      case 'poster':
        return await makePoster(work, context);
      default:
        work satisfies never;
        throw new Error('no such kind of job');
    }
  };
}
