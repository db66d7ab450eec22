import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { countTo } from '../testing/counted-broadcast';
import { makeCountedFlv, readPictureNumbers } from '../testing/counted-media';
import { fuzzRuns, fuzzTimeoutMs } from '../testing/fuzz-runs';
import { mutatedBytes, sliceSeed, slicesOf } from '../testing/mutated-bytes';
import { withoutPictureTiming } from '../testing/without-picture-timing';
import { withPictureTiming } from './avc-picture-timing';
import { prepareFfmpeg } from './ffmpeg-abilities';
import { LastFlvPicture } from './last-picture-flv';
import { probeSource } from './source-probe';
import { planTranscode } from './transcode-plan';
import { Transcoder } from './transcoder';

vi.setConfig({ testTimeout: Math.max(60_000, fuzzTimeoutMs) });

const seconds = 1;
const frameRate = { numerator: 30, denominator: 1 };
const sent = await makeCountedFlv({ seconds, width: 160, height: 90 });
const untimed = withoutPictureTiming(sent);

function passed(slices: readonly Buffer[]): Buffer {
  const lastPicture = new LastFlvPicture(frameRate);
  return Buffer.concat([...slices.map((slice) => lastPicture.push(slice)), lastPicture.end()]);
}

test('of an encoder that does not say how long a picture lasts the last one is shown too', async () => {
  const container = 'flv';
  const { probed, bytes } = await probeSource({
    ...{ bytes: Readable.from([untimed], { objectMode: false }), container, hasVideo: true, hasAudio: true },
    ...{ hint: { frameRate }, ffprobePath: 'ffprobe' },
  });
  const plan = planTranscode({ container, probed, profile: 'balanced' });
  await using transcoder = await Transcoder.start({ bytes, plan, abilities: await prepareFfmpeg('ffmpeg') });
  const [picture = Buffer.alloc(0)] = await Promise.all(transcoder.outputs.map(({ stream }) => buffer(stream)));
  expect((await transcoder.ended).reason).toBe('finished');
  const numbers = await readPictureNumbers(picture);
  expect(numbers.at(-1)).toBe(seconds * 30 - 1);
  expect([...new Set(numbers)]).toEqual(countTo(seconds * 30));
});

test('it says so once, and what says so already is untouched', () => {
  const timed = passed([untimed]);
  expect(timed.equals(untimed)).toBe(false);
  expect(passed([timed]).equals(timed)).toBe(true);
  expect(passed([sent]).equals(sent)).toBe(true);
});

test('zeros in a set are not taken for a start code', () => {
  const baseline = Buffer.from('6742c00bda0a0f80', 'hex');
  const timed = withPictureTiming(baseline, { numerator: 24_000, denominator: 1001 });
  expect(timed).not.toBeNull();
  for (const code of ['000000', '000001', '000002']) {
    expect(timed?.includes(Buffer.from(code, 'hex'))).toBe(false);
  }
});

test('damaged tags: the same however they are sliced, nothing thrown, and no more than was sent and what is stated', () => {
  const head = untimed.subarray(0, 256);
  fc.assert(
    fc.property(mutatedBytes(head), sliceSeed, (bytes, seed) => {
      const whole = passed([bytes]);
      return passed(slicesOf(bytes, seed)).equals(whole) && whole.byteLength <= 2 * bytes.byteLength + 64;
    }),
    fuzzRuns,
  );
});
