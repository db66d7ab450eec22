import type { BoxReader } from './box-reader';
import { MalformedBox } from './malformed-box';

const dataOffsetPresent = 0x1;
const firstSampleFlagsPresent = 0x4;
const durationPresent = 0x100;
const sizePresent = 0x200;
const flagsPresent = 0x400;
const compositionOffsetPresent = 0x800;
const perSampleFields = [durationPresent, sizePresent, flagsPresent, compositionOffsetPresent];

/** Minutes of media: far beyond any fragment, near enough to keep what is allocated for it small. */
export const sampleCountMax = 10_000;

export type Sample = { durationTicks: number; sizeBytes: number; flags: number; compositionOffsetTicks: number };
export type SampleDefaults = { durationTicks: number; sizeBytes: number; flags: number };

/** Track Fragment Run (`trun`): the samples of a run, defaults filled in. Contained in: `traf`. */
export function readTrun(reader: BoxReader, defaults: SampleDefaults): Sample[] {
  const { version, flags } = reader.fullBoxHeader();
  const sampleCount = reader.u32();
  if (flags & dataOffsetPresent) {
    reader.skip(4);
  }
  const firstFlags = flags & firstSampleFlagsPresent ? reader.u32() : undefined;
  const bytesPerSample = 4 * perSampleFields.filter((field) => flags & field).length;
  if (sampleCount > sampleCountMax || sampleCount * bytesPerSample > reader.remaining) {
    throw new MalformedBox('trun', `sample count ${sampleCount} does not fit`);
  }
  return Array.from({ length: sampleCount }, (_, index) => {
    const durationTicks = flags & durationPresent ? reader.u32() : defaults.durationTicks;
    const sizeBytes = flags & sizePresent ? reader.u32() : defaults.sizeBytes;
    const ownFlags = flags & flagsPresent ? reader.u32() : defaults.flags;
    const compositionOffsetTicks = flags & compositionOffsetPresent ? compositionOffset(reader, version) : 0;
    return {
      durationTicks,
      sizeBytes,
      flags: index === 0 && firstFlags !== undefined ? firstFlags : ownFlags,
      compositionOffsetTicks,
    };
  });
}

function compositionOffset(reader: BoxReader, version: number): number {
  return version === 0 ? reader.u32() : reader.i32();
}
