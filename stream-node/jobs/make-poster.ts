import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { JobResult, PosterWork } from '../contract/jobs';
import { recordedRuns } from '../manifest/recorded-runs';
import { openMadeFilesFolder, publishPoster } from '../store/made-files';
import type { TakeIndex } from '../store/take-index';
import { trimmedTakes } from '../store/trimmed-takes';
import { takeStill } from '../transcode/recording-commands';
import { spansOf } from './recorded-spans';
import type { WorkContext } from './work-context';

const posterBytesMax = 100_000;
/** Tried one after the other until one is small enough. */
const sizes = [
  { width: 1280, quality: 4 },
  { width: 1280, quality: 8 },
  { width: 960, quality: 12 },
  { width: 640, quality: 20 },
  { width: 426, quality: 28 },
];
/** Of the beginning: the very first picture is often a hand before the camera. */
const segmentsLooked = 15;

/**
 * Makes the still that stands for a recording: the most telling keyframe of its first half minute, in the best rendition, at
 * most 100 kB.
 *
 * @throws Error when ffmpeg fails
 */
export async function makePoster(work: PosterWork, context: WorkContext): Promise<JobResult> {
  const takes = trimmedTakes(await context.recordings.takesOf(work.streamId), work.trim);
  const best = bestPicture(takes);
  const run = best === undefined ? undefined : recordedRuns(takes, best)[0];
  if (run === undefined) {
    return { kind: 'poster', bytes: null };
  }
  await context.needRoom(posterBytesMax);
  const folder = await openMadeFilesFolder(context.recordingsFolder, work.streamId);
  const spans = spansOf(run.source, run.segments.slice(0, segmentsLooked), run.take.header.takeId);
  const output = join(folder, `poster-${work.version}.part.jpg`);
  try {
    for (const size of sizes) {
      await takeStill(spans, output, size, { folder: dirname(folder), signal: context.signal });
      const jpeg = await readFile(output);
      if (jpeg.byteLength <= posterBytesMax) {
        await publishPoster(folder, jpeg);
        return { kind: 'poster', bytes: jpeg.byteLength };
      }
    }
    throw new Error('no still is small enough');
  } finally {
    await rm(output, { force: true });
  }
}

function bestPicture(takes: readonly TakeIndex[]): string | undefined {
  const pictures = takes.flatMap((take) =>
    [...take.renditions.values()].filter(({ rendition }) => rendition.kind === 'video'),
  );
  return pictures.sort((a, b) => b.rendition.bitrate - a.rendition.bitrate)[0]?.rendition.id;
}
