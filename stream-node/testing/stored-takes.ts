import { join } from 'node:path';
import { Recordings } from '../store/recordings';

/** In words, what is stored of a stream, take by take: to tell where something was lost. */
export async function tellStoredTakes(dataDir: string, streamId: string): Promise<string> {
  const recordings = await Recordings.open({ folder: join(dataDir, 'recordings') });
  const takes = await recordings.takesOf(streamId);
  return takes
    .map(({ header, renditions, segments }) => {
      const lines = [...renditions.keys()].map((id) => {
        const own = segments.filter(({ renditionId }) => renditionId === id);
        const first = new Date(own[0]?.programDateTimeMs ?? 0).toISOString().slice(14, 23);
        return `  ${id} from ${first}: ${own.map(({ durationSeconds }) => durationSeconds.toFixed(2)).join(', ')} s`;
      });
      return [`${header.takeId} of ${header.recorderSession}`, ...lines].join('\n');
    })
    .join('\n');
}
