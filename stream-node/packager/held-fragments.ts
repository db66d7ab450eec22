import { audioSeconds, usualAudioCodec } from '../contract/codecs';
import type { Rendition } from '../contract/ladder';
import type { MediaFragment } from '../isobmff/fragment-reader';
import type { Part } from './media-types';

/** What is known of a part before it has a place and a name. */
export type HeldPart = Pick<Part, 'bytes' | 'ticks' | 'durationSeconds' | 'independent'>;

/** The fragments of one rendition that wait for their part to be full. */
export class HeldFragments {
  readonly #rendition: Rendition;
  #fragments: MediaFragment[] = [];

  constructor(rendition: Rendition) {
    this.#rendition = rendition;
  }

  get isEmpty(): boolean {
    return this.#fragments.length === 0;
  }

  /** They can be decoded without what came before. */
  get isIndependent(): boolean {
    const [first] = this.#fragments;
    return first !== undefined && (this.#rendition.kind === 'audio' || first.startsWithKeyframe);
  }

  seconds(timescale: number): number {
    const sum = (figure: 'sampleCount' | 'durationTicks') =>
      this.#fragments.reduce((total, fragment) => total + fragment[figure], 0);
    const all = { sampleCount: sum('sampleCount'), durationTicks: sum('durationTicks') };
    return this.isEmpty ? 0 : fragmentSeconds(this.#rendition, all, timescale);
  }

  push(fragment: MediaFragment): void {
    this.#fragments.push(fragment);
  }

  /** All that is held, as a part; nothing is held afterwards. */
  take(timescale: number): HeldPart {
    const [first] = this.#fragments;
    if (first === undefined) {
      throw new Error('nothing is held');
    }
    const last = this.#fragments.at(-1) ?? first;
    const bytes = this.#fragments.map((fragment) => fragment.bytes);
    const part = {
      bytes: bytes.length === 1 ? first.bytes : Buffer.concat(bytes),
      ticks: { start: first.decodeTimeTicks, end: last.decodeTimeTicks + last.durationTicks },
      durationSeconds: this.seconds(timescale),
      independent: this.isIndependent,
    };
    this.#fragments = [];
    return part;
  }
}

/**
 * Sound lasts as long as its frames do. Where a recorder's clock runs uneven, ffmpeg writes the distance to the next frame
 * as the duration of a sample, which may be some samples more or less than the frame has.
 */
export function fragmentSeconds(
  rendition: Rendition,
  { sampleCount, durationTicks }: Pick<MediaFragment, 'sampleCount' | 'durationTicks'>,
  timescale: number,
): number {
  return rendition.kind === 'audio'
    ? audioSeconds(rendition.codec ?? usualAudioCodec, sampleCount)
    : durationTicks / timescale;
}
