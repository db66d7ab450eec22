import fc from 'fast-check';
import { AudioCodec } from '../contract/codecs';
import { customCutPlan } from '../contract/custom-cut-plan';
import { commentaryAudio, type Rendition, stereoAudio, type VideoRendition } from '../contract/ladder';
import { audioCutPlan, type CutPlan, videoCutPlan } from '../contract/profiles';

const rates = [
  [24_000, 1001],
  [24, 1],
  [25, 1],
  [30_000, 1001],
  [30, 1],
  [50, 1],
  [60, 1],
] as const;

function picture(id: string, [numerator, denominator]: readonly [number, number]): VideoRendition {
  return { kind: 'video', id, width: 640, height: 360, frameRate: { numerator, denominator }, bitrate: 700_000 };
}

const videoStream = fc
  .record({
    rate: fc.constantFrom(...rates),
    profile: fc.constantFrom('balanced' as const, 'lowest-latency' as const),
    codec: fc.constantFrom(...AudioCodec.options),
  })
  .map(({ rate, profile, codec }) => {
    const top = picture('360p', rate);
    const renditions: Rendition[] = [top, picture('240p', rate), commentaryAudio, { ...stereoAudio, codec }];
    return { renditions, cut: videoCutPlan(profile, top.frameRate) };
  });

const audioStream = fc.constant<{ renditions: Rendition[]; cut: CutPlan }>({
  renditions: [commentaryAudio],
  cut: audioCutPlan(),
});

/** Cut as somebody ordered it: other parts, other segments, another target duration. */
const orderedStream = fc
  .record({
    rate: fc.constantFrom(...rates),
    codec: fc.constantFrom(...AudioCodec.options),
    gopSeconds: fc.constantFrom(0.5, 1, 2, 2.5),
    segmentSeconds: fc.constantFrom(1, 2, 3.3, 4),
  })
  .map(({ rate, codec, gopSeconds, segmentSeconds }) => {
    const top = picture('360p', rate);
    const audio = [commentaryAudio, { ...stereoAudio, codec }];
    const cut = customCutPlan({ gopSeconds, segmentSeconds, isLowLatency: true, audio }, top.frameRate);
    return { renditions: [top, ...audio], cut };
  });

/** Spread evenly: short runs alone would break off before anything is published. */
function seconds(min: number, max: number) {
  return fc.noBias(fc.integer({ min: min * 1000, max: max * 1000 })).map((ms) => ms / 1000);
}

/** One run of a publisher's recorder, and how it broke off in each rendition. */
const session = fc.record({
  seconds: seconds(0, 9),
  /** how much of the end each rendition lost, as when ffmpeg is killed */
  lostSeconds: fc.array(seconds(0, 1.5), { minLength: 4, maxLength: 4 }),
  /** how late each rendition's fragments come */
  lateSeconds: fc.array(seconds(0, 2), { minLength: 4, maxLength: 4 }),
  wholeParts: fc.boolean(),
  pauseSeconds: seconds(0.5, 100),
  clockErrorMs: fc.integer({ min: -200, max: 200 }),
  finishedByHand: fc.boolean(),
  /** another encoder in the place of the one before, in the same recorder session; `other` needs other init sections for the picture */
  takesPlace: fc.constantFrom('no' as const, 'same' as const, 'other' as const),
});

export type Run = typeof session extends fc.Arbitrary<infer Value> ? Value : never;

/** For property tests: a stream whose sessions come, break off and end in every way. */
export const scenario = fc.record({
  stream: fc.oneof(videoStream, audioStream, orderedStream),
  sessions: fc.array(session, { minLength: 1, maxLength: 4 }),
  dvrWindowSeconds: fc.constantFrom(0, 10, 600),
  windowBytesMax: fc.constantFrom(1, 1e9),
  /** what an earlier run of the node may have published */
  publishedBefore: fc.constantFrom(undefined, { nextMediaSequence: 70, discontinuityNumber: 3 }),
  ends: fc.boolean(),
});

export type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;
