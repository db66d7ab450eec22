import { onlyChild, readChildren } from './box';
import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';
import { isKeyframe } from './sample-flags';
import { readTfdt } from './tfdt';
import { readTfhd } from './tfhd';
import type { Trex } from './trex';
import { readTrun, type Sample, type SampleDefaults, sampleCountMax } from './trun';

export type Moof = {
  /** decode time of the first sample, in ticks of the track's timescale */
  decodeTimeTicks: number;
  /** the sum of the sample durations */
  durationTicks: number;
  startsWithKeyframe: boolean;
  sampleCount: number;
  /** bytes of media that the samples claim */
  mediaBytes: number;
};

/**
 * Movie Fragment (`moof`) of one track. Contained in: the file.
 *
 * @throws MalformedBox for a fragment of another track, of several tracks, or without samples
 */
export function readMoof(reader: BoxReader, trex: Trex): Moof {
  const track = readChildren(onlyChild('moof', readChildren(reader), 'traf'));
  const header = readTfhd(onlyChild('traf', track, 'tfhd'));
  if (header.trackId !== trex.trackId) {
    throw new MalformedBox('tfhd', `track ${header.trackId}, but the moov declares ${trex.trackId}`);
  }
  const { decodeTimeTicks } = readTfdt(onlyChild('traf', track, 'tfdt'));
  const defaults = {
    durationTicks: header.durationTicks ?? trex.durationTicks,
    sizeBytes: header.sizeBytes ?? trex.sizeBytes,
    flags: header.flags ?? trex.flags,
  };
  const samples = readRuns(track, defaults);
  const [first] = samples;
  if (first === undefined) {
    throw new MalformedBox('traf', 'no samples');
  }
  const durationTicks = samples.reduce((sum, sample) => sum + sample.durationTicks, 0);
  if (durationTicks === 0) {
    throw new MalformedBox('trun', 'samples have no duration');
  }
  return {
    decodeTimeTicks,
    durationTicks,
    startsWithKeyframe: isKeyframe(first.flags),
    sampleCount: samples.length,
    mediaBytes: samples.reduce((sum, sample) => sum + sample.sizeBytes, 0),
  };
}

/** The samples of all runs. Bounded together: a run whose samples are all alike claims thousands in sixteen bytes. */
function readRuns(track: readonly BoxReader[], defaults: SampleDefaults): Sample[] {
  const samples: Sample[] = [];
  for (const run of track.filter((box) => box.fourcc === 'trun')) {
    samples.push(...readTrun(run, defaults));
    if (samples.length > sampleCountMax) {
      throw new MalformedBox('traf', `more than ${sampleCountMax} samples`);
    }
  }
  return samples;
}
