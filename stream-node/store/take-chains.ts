import type { RenditionId } from '../contract/ladder';
import type { TakeIndex } from './take-index';

/** What one encoder lost and the next one brings touches in media time; this is more than rounding, and less than a part. */
const seamSecondsMax = 0.1;

/** Where a rendition of a take begins and ends, in seconds of media time. */
type Extent = { readonly initSha256: string; readonly startSeconds: number; readonly endSeconds: number };

/**
 * The takes of which each goes on where the one before it ended, in every rendition and with the same init sections, as where an
 * encoder took another's place, or a journal's rest was made later: they play as one. A take that nothing precedes so begins a
 * chain of its own.
 *
 * @param takes in event-clock order
 */
export function takeChains<Take extends TakeIndex>(takes: readonly Take[]): Take[][] {
  const chains: { takes: Take[]; extents: Map<RenditionId, Extent> }[] = [];
  for (const take of takes) {
    const extents = extentsOf(take);
    const before = chains.findLast((chain) => goesOn(chain, take, extents));
    if (before === undefined) {
      chains.push({ takes: [take], extents: new Map(extents) });
    } else {
      before.takes.push(take);
      for (const [id, extent] of extents) {
        before.extents.set(id, extent);
      }
    }
  }
  return chains.map((chain) => chain.takes);
}

function goesOn(
  chain: { readonly takes: readonly TakeIndex[]; readonly extents: ReadonlyMap<RenditionId, Extent> },
  { header: { recorderSession } }: TakeIndex,
  extents: ReadonlyMap<RenditionId, Extent>,
): boolean {
  const ofSession = chain.takes[0]?.header.recorderSession === recorderSession;
  const touches = ([id, { initSha256, startSeconds }]: [RenditionId, Extent]) => {
    const before = chain.extents.get(id);
    const holeSeconds = startSeconds - (before?.endSeconds ?? Number.NEGATIVE_INFINITY);
    return before?.initSha256 === initSha256 && Math.round(holeSeconds * 1e6) >= 0 && holeSeconds < seamSecondsMax;
  };
  return ofSession && extents.size > 0 && [...extents].every(touches);
}

/** None of a take that an earlier version wrote, or that is not timed whole. */
function extentsOf(take: TakeIndex): Map<RenditionId, Extent> {
  const extents = new Map<RenditionId, Extent>();
  for (const { renditionId, ticks } of take.segments) {
    const { timescale, initSha256 } = take.renditions.get(renditionId) ?? {};
    if (ticks === undefined || timescale === undefined || initSha256 === undefined) {
      return new Map();
    }
    const startSeconds = extents.get(renditionId)?.startSeconds ?? ticks.start / timescale;
    extents.set(renditionId, { initSha256, startSeconds, endSeconds: ticks.end / timescale });
  }
  return extents;
}
