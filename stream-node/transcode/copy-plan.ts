import { Readable } from 'node:stream';
import { codecOf } from '../contract/ladder';
import { FlvSplitter } from '../ingest/rtmp/flv-splitter';
import { CopyFit } from './copy-fit';
import type { ProbedSource } from './probed-source';
import { SourceHead } from './source-head';
import type { TranscodePlan } from './transcode-plan';

/** So long an encoder that does not say how it is set may take to show its second keyframe, in milliseconds. */
const waitMsDefault = 2500;

/** What {@link planCopy} decides on. */
export type CopyQuestion = {
  plan: TranscodePlan;
  probed: ProbedSource;
  /** the source from its first byte on */
  bytes: Readable;
  signal: AbortSignal;
  waitMs?: number;
};

/** What became of it. */
export type CopyAnswer = {
  plan: TranscodePlan;
  /** the source from its first byte on: read this one */
  bytes: Readable;
  /** why nothing is copied; null where the best rung is */
  misfit: string | null;
};

/**
 * The plan with its best rung taken over as it is, where the source looks just like what would be made of it; else the plan
 * itself. Only the FLV of an encoder can: what browsers send comes at the camera's own times.
 */
export async function planCopy({ plan, probed, bytes, signal, waitMs }: CopyQuestion): Promise<CopyAnswer> {
  const misfit = misfitOfKind(plan, probed);
  if (misfit !== null) {
    return { plan, bytes, misfit };
  }
  const head = new SourceHead(bytes);
  const seen = await misfitOfHead(head, plan, AbortSignal.any([signal, AbortSignal.timeout(waitMs ?? waitMsDefault)]));
  return { plan: seen === null ? { ...plan, copiesBest: true } : plan, bytes: head.whole(), misfit: seen };
}

function misfitOfKind({ container, video: [best] }: TranscodePlan, { video }: ProbedSource): string | null {
  if (container !== 'flv' || best === undefined || video === undefined) {
    return 'it is no picture of an encoder';
  }
  if (codecOf(best) !== 'h264' || best.encoder !== undefined) {
    return 'its encoding was ordered';
  }
  if (video.codec !== 'h264' || !video.isPlain) {
    return 'its picture is not coded as it is to be shown';
  }
  const isSameSize = video.width === best.width && video.height === best.height;
  return isSameSize ? null : `its picture is not of ${best.width}×${best.height}`;
}

async function misfitOfHead(head: SourceHead, plan: TranscodePlan, signal: AbortSignal): Promise<string | null> {
  const fit = fitOf(plan);
  const splitter = new FlvSplitter();
  while (await head.grow(signal)) {
    // No further than needed, however much came at once: the same source is always decided on alike.
    for (const tag of splitter.push(head.newest)) {
      const misfit = fit.push(tag);
      if (misfit !== null || fit.isSure) {
        return misfit;
      }
    }
  }
  return 'its keyframes were not seen in time';
}

function fitOf({ video: [best], cut, gridShiftSeconds }: TranscodePlan): CopyFit {
  if (best === undefined) {
    throw new RangeError('there is no picture to copy');
  }
  return new CopyFit(best, cut, gridShiftSeconds);
}

/** The bytes of a source that is copied, for as long as they fit. */
export class FittingBytes {
  /** ends with the source, or before the first tag that does not fit */
  readonly bytes: Readable;
  readonly #fit: CopyFit;
  #misfit: string | null = null;

  /** @param source is destroyed where it stops to fit */
  constructor(source: Readable, plan: TranscodePlan) {
    this.#fit = fitOf(plan);
    this.bytes = Readable.from(this.#whileTheyFit(source), { objectMode: false });
  }

  /** why they ended before the source did */
  get misfit(): string | null {
    return this.#misfit;
  }

  async *#whileTheyFit(source: Readable): AsyncGenerator<Buffer> {
    const splitter = new FlvSplitter();
    for await (const slice of source) {
      for (const tag of splitter.push(slice)) {
        this.#misfit = this.#fit.push(tag);
        if (this.#misfit !== null) {
          return;
        }
        yield tag;
      }
    }
  }
}
