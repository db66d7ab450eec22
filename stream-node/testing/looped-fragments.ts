import { Readable } from 'node:stream';
import type { AudioRendition, Rendition, VideoRendition } from '../contract/ladder';
import { type CutPlan, videoCutPlan } from '../contract/profiles';
import { FragmentReader, type InitFragment, type MediaFragment } from '../isobmff/fragment-reader';
import { prepareFfmpeg } from '../transcode/ffmpeg-abilities';
import { makeTestMedia } from '../transcode/test-media';
import { leastOutputOffsetSeconds, type TranscodePlan } from '../transcode/transcode-plan';
import { Transcoder } from '../transcode/transcoder';

/** The shortest stretch that is whole parts of picture (10 of 30 frames a second) and whole parts of sound (16 AAC frames). */
const loopSeconds = 128;

type Loop = {
  readonly rendition: Rendition;
  readonly init: InitFragment;
  readonly fragments: readonly MediaFragment[];
};

/** A fragment of the endless broadcast, and when its media ends, in seconds of media time. */
export type LoopedFragment = { rendition: Rendition; fragment: MediaFragment; endSeconds: number };

/**
 * Two minutes of small media in a picture and two sounds, encoded once by the command of live streams, and repeated without
 * end: of each round only the decode times differ.
 */
export class LoopedFragments {
  private constructor(
    readonly plan: TranscodePlan,
    private readonly loops: readonly Loop[],
  ) {}

  /** @param audio the sounds beside the picture */
  static async encode(video: VideoRendition, audio: readonly AudioRendition[]): Promise<LoopedFragments> {
    const cut: CutPlan = videoCutPlan('balanced', video.frameRate);
    const plan: TranscodePlan = {
      ...{ container: 'matroska', cut, gridShiftSeconds: 0, outputOffsetSeconds: leastOutputOffsetSeconds },
      ...{ video: [video], audio, missing: [] },
    };
    const { numerator, denominator } = video.frameRate;
    const source = {
      codec: 'libvpx' as const,
      size: `${video.width}x${video.height}`,
      rate: `${numerator}/${denominator}`,
    };
    const media = await makeTestMedia({ video: { ...source, noise: true }, audio: true, seconds: loopSeconds + 1 });
    const bytes = Readable.from([media], { objectMode: false });
    const abilities = await prepareFfmpeg('ffmpeg');
    await using transcoder = await Transcoder.start({ bytes, plan, abilities, noOutputTimeoutMs: 60_000 });
    const loops = await Promise.all(transcoder.outputs.map(({ rendition, stream }) => readLoop(rendition, stream)));
    const { reason, message } = await transcoder.ended;
    if (reason !== 'finished') {
      throw new Error(`the loop could not be encoded: ${message}`);
    }
    return new LoopedFragments(plan, loops);
  }

  get inits(): readonly Pick<Loop, 'rendition' | 'init'>[] {
    return this.loops;
  }

  /** What the encoder would have put out between two ends of media time, in seconds; each time in memory of its own. */
  between(fromSeconds: number, toSeconds: number): LoopedFragment[] {
    return this.loops
      .flatMap((loop) => this.#due(loop, fromSeconds, toSeconds))
      .sort((a, b) => a.endSeconds - b.endSeconds);
  }

  #due({ rendition, init, fragments }: Loop, fromSeconds: number, toSeconds: number): LoopedFragment[] {
    const { timescale } = init.track;
    const due: LoopedFragment[] = [];
    const firstRound = Math.max(0, Math.floor(fromSeconds / loopSeconds) - 1);
    for (let round = firstRound; round * loopSeconds <= toSeconds; round += 1) {
      for (const each of fragments) {
        const decodeTimeTicks = each.decodeTimeTicks + round * loopSeconds * timescale;
        const endSeconds = (decodeTimeTicks + each.durationTicks) / timescale - leastOutputOffsetSeconds;
        if (endSeconds > fromSeconds && endSeconds <= toSeconds) {
          const fragment = { ...each, decodeTimeTicks, bytes: movedTo(each.bytes, decodeTimeTicks) };
          due.push({ rendition, fragment, endSeconds });
        }
      }
    }
    return due;
  }
}

async function readLoop(rendition: Rendition, stream: Readable): Promise<Loop> {
  const reader = new FragmentReader();
  const found: (InitFragment | MediaFragment)[] = [];
  for await (const slice of stream) {
    found.push(...reader.push(slice));
  }
  const init = found.find((each) => each.kind === 'init');
  const all = found.filter((each) => each.kind === 'fragment');
  if (init === undefined) {
    throw new Error(`${rendition.id}: ffmpeg gave no init section`);
  }
  const startTicks = all[0]?.decodeTimeTicks ?? 0;
  const endTicks = startTicks + loopSeconds * init.track.timescale;
  const fragments = all.filter(({ decodeTimeTicks, durationTicks }) => decodeTimeTicks + durationTicks <= endTicks);
  const last = fragments.at(-1);
  if (last === undefined || last.decodeTimeTicks + last.durationTicks !== endTicks) {
    throw new Error(`${rendition.id}: the fragments do not end with the loop`);
  }
  return { rendition, init, fragments };
}

/** The same fragment at another decode time: `baseMediaDecodeTime` of its `tfdt`, which ffmpeg writes with 64 bits. */
function movedTo(bytes: Buffer, decodeTimeTicks: number): Buffer {
  const moved = Buffer.from(bytes);
  const versionAt = moved.indexOf('tfdt') + 4;
  if (moved[versionAt] !== 1) {
    throw new Error('a tfdt of version 1 was expected');
  }
  moved.writeBigUInt64BE(BigInt(decodeTimeTicks), versionAt + 4);
  return moved;
}
