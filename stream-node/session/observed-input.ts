import type { ObservedInput } from '../contract/snapshots';
import type { IngestSource } from '../ingest/ingest-source';
import { framesPerSecond } from '../transcode/frame-rate';
import type { ProbedSource } from '../transcode/probed-source';

/** What a probe saw of a source, as snapshots tell it. */
export function observedInput({ container }: IngestSource, { video, audio }: ProbedSource): ObservedInput {
  if (video === undefined) {
    return { container, ...(audio && { audio }) };
  }
  const { codec, width, height, frameRate } = video;
  return { container, video: { codec, width, height, frameRate: framesPerSecond(frameRate) }, ...(audio && { audio }) };
}
