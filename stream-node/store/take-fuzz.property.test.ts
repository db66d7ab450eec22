import fc from 'fast-check';
import { test, vi } from 'vitest';
import { commentaryAudio } from '../contract/ladder';
import { fuzzRuns, fuzzTimeoutMs } from '../testing/fuzz-runs';
import { mutatedBytes } from '../testing/mutated-bytes';
import type { TakeIndexLine } from './take-index';
import { MalformedTake, parseTakeIndex } from './take-reader';

vi.setConfig({ testTimeout: fuzzTimeoutMs });

const segment = {
  type: 'segment',
  renditionId: 'audio64',
  programDateTimeMs: 1,
  durationSeconds: 2,
  length: 9,
} as const;
const lines: TakeIndexLine[] = [
  {
    ...{ type: 'take', takeId: 'tak_fuzzing234', streamId: 'str_fuzzing234', recorderSession: 'rec_fuzzing234' },
    ...{ epoch: 1, startedAtMs: 1000 },
  },
  { type: 'rendition', rendition: commentaryAudio, codec: 'mp4a.40.2', initBytes: 7, timescale: 48_000 },
  { ...segment, mediaSequence: 0, offset: 7, ticks: { start: 0, end: 96_000 } },
  { ...segment, mediaSequence: 1, offset: 16 },
  { type: 'end' },
];
const index = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

test('the index of a take damaged anywhere: its segments still follow each other, or it is refused by name', () => {
  fc.assert(
    fc.property(mutatedBytes(index), (bytes) => {
      try {
        const take = parseTakeIndex(bytes.toString());
        return take.segments.every(({ offset, length }, at) => {
          const next = take.segments[at + 1];
          return (
            next === undefined || next.renditionId !== take.segments[at]?.renditionId || next.offset === offset + length
          );
        });
      } catch (error) {
        if (!(error instanceof MalformedTake)) {
          throw error;
        }
        return true;
      }
    }),
    fuzzRuns,
  );
});
