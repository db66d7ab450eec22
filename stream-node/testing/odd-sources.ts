import type { FrameRate } from '../contract/profiles';
import type { OddContainer, OddMedia } from './odd-media';

/** A source that is not as most are, and what must be made of it. */
export type OddSource = {
  name: string;
  /** `flv` comes by RTMP, the others as browsers send them */
  container: OddContainer;
  /** several: the source changes where the next one begins */
  pieces: readonly OddMedia[];
  /** what the publisher's page says of its camera */
  hint?: FrameRate;
  expected: {
    /** of the best rung */
    size: { width: number; height: number };
    frameRate: FrameRate;
    /** flashes whose beep is there too; less where a track is missing for a while */
    flashes: number;
  };
};

const film: FrameRate = { numerator: 24_000, denominator: 1001 };
const ntsc: FrameRate = { numerator: 30_000, denominator: 1001 };
const rate = (numerator: number): FrameRate => ({ numerator, denominator: 1 });
const landscape = { width: 160, height: 90 };
const portrait = { width: 90, height: 160 };

/** Each of these bears several oddities at once: together they touch each of {@link singleOddities} by one way in. */
export const combinedOddities: readonly OddSource[] = [
  {
    name: 'a film camera whose 5.1 sound appears late, by RTMP',
    container: 'flv',
    pieces: [
      { seconds: 3.7, frameRate: film, sound: { sampleRate: 48_000, layout: '5.1' }, late: { audio: 1.2 }, bFrames: 2 },
    ],
    expected: { size: landscape, frameRate: film, flashes: 3 },
  },
  {
    name: 'a screen at 60 frames a second with mono sound, whose size and sound change, by RTMP',
    container: 'flv',
    pieces: [
      { seconds: 2, frameRate: rate(60), sound: { sampleRate: 44_100, layout: 'mono' } },
      { seconds: 1.7, frameRate: rate(60), size: '240x136', sound: { sampleRate: 48_000, layout: 'stereo' } },
    ],
    expected: { size: landscape, frameRate: rate(60), flashes: 4 },
  },
  {
    name: 'a phone held upright at a variable rate, whose picture appears late, by a browser',
    container: 'matroska',
    pieces: [{ seconds: 3.7, size: '90x160', isVariable: true, late: { video: 1 } }],
    hint: rate(30),
    expected: { size: portrait, frameRate: rate(30), flashes: 3 },
  },
  {
    // Firefox sends a keyframe every ten seconds, whatever it is asked for.
    name: 'a phone that is turned and whose microphone goes silent, at 29.97, by a browser that sends few keyframes',
    container: 'matroska',
    pieces: [
      { seconds: 2, frameRate: ntsc, silent: { track: 'audio', from: 0.8, to: 1.9 }, keyframeSeconds: 10 },
      { seconds: 1.7, frameRate: ntsc, size: '90x160', keyframeSeconds: 10 },
    ],
    hint: { numerator: 29_970, denominator: 1000 },
    expected: { size: landscape, frameRate: ntsc, flashes: 3 },
  },
  {
    name: 'a turned camera at 50 frames a second that is covered for a second, by a browser that writes MP4',
    container: 'mp4',
    pieces: [{ seconds: 3.7, frameRate: rate(50), rotation: 90, silent: { track: 'video', from: 1, to: 2 } }],
    hint: rate(50),
    expected: { size: portrait, frameRate: rate(50), flashes: 3 },
  },
];

type Oddity = {
  name: string;
  pieces: readonly OddMedia[];
  size?: { width: number; height: number };
  frameRate?: FrameRate;
  flashes?: number;
  only?: OddContainer;
};

const oddities: readonly Oddity[] = [
  ...[film, rate(24), rate(25), ntsc, rate(50), { numerator: 60_000, denominator: 1001 }, rate(60)].map(
    (frameRate): Oddity => ({
      name: `${Math.round((frameRate.numerator / frameRate.denominator) * 1000) / 1000} frames a second`,
      pieces: [{ seconds: 5.7, frameRate }],
      frameRate,
    }),
  ),
  { name: 'a variable rate', pieces: [{ seconds: 5.7, isVariable: true }] },
  { name: 'B-frames', pieces: [{ seconds: 5.7, bFrames: 3 }], only: 'flv' },
  { name: '44.1 kHz mono', pieces: [{ seconds: 5.7, sound: { sampleRate: 44_100, layout: 'mono' } }], only: 'flv' },
  { name: 'mono', pieces: [{ seconds: 5.7, sound: { sampleRate: 48_000, layout: 'mono' } }] },
  { name: '5.1', pieces: [{ seconds: 5.7, sound: { sampleRate: 48_000, layout: '5.1' } }] },
  { name: 'portrait', pieces: [{ seconds: 5.7, size: '90x160' }], size: portrait },
  { name: 'picture 2 s late', pieces: [{ seconds: 5.7, late: { video: 2 } }], flashes: 4 },
  { name: 'sound 2 s late', pieces: [{ seconds: 5.7, late: { audio: 2 } }], flashes: 4 },
  {
    name: 'no picture for 2 s',
    pieces: [{ seconds: 5.7, silent: { track: 'video', from: 2, to: 4 } }],
    flashes: 4,
  },
  {
    name: 'no sound for 2 s',
    pieces: [{ seconds: 5.7, silent: { track: 'audio', from: 2, to: 4 } }],
    flashes: 4,
  },
  { name: 'a larger picture midway', pieces: [{ seconds: 3 }, { seconds: 2.7, size: '320x180' }] },
  { name: 'a picture turned midway', pieces: [{ seconds: 3 }, { seconds: 2.7, size: '90x160' }] },
  {
    name: 'other sound midway',
    pieces: [{ seconds: 3 }, { seconds: 2.7, sound: { sampleRate: 44_100, layout: 'mono' } }],
    only: 'flv',
  },
  { name: 'turned by 90 degrees', pieces: [{ seconds: 5.7, rotation: 90 }], size: portrait, only: 'mp4' },
  { name: 'turned by 180 degrees', pieces: [{ seconds: 5.7, rotation: 180 }], only: 'mp4' },
];

/** Every oddity alone, by every way in that knows it. */
export const singleOddities: readonly OddSource[] = oddities.flatMap((oddity) =>
  (['matroska', 'flv', 'mp4'] as const)
    .filter((container) => isKnown(container, oddity))
    .map(
      (container): OddSource => ({
        name: `${oddity.name}, ${container}`,
        container,
        pieces: oddity.pieces,
        hint: oddity.frameRate ?? rate(30),
        expected: {
          size: oddity.size ?? landscape,
          frameRate: oddity.frameRate ?? rate(30),
          flashes: oddity.flashes ?? 6,
        },
      }),
    ),
);

function isKnown(container: OddContainer, { only, pieces }: Oddity): boolean {
  return only === undefined ? container !== 'mp4' || pieces.length === 1 : only === container;
}
