import type { VideoRendition } from '../contract/ladder';
import type { FrameRate } from '../contract/profiles';
import { framesPerSecond } from './frame-rate';

/**
 * One decode for all rungs; `aspectFit` keeps a picture that turns or changes its shape during a session undistorted. Each frame
 * is laid on the nearest slot of the constant rate; ffmpeg's own `-fps_mode cfr` lets a frame lie up to 1.1 slots away before it
 * drops or repeats one, 37 ms at 30 frames a second, and the event clock would be wrong by as much.
 *
 * @param statesSlot the source says of its pictures that each lasts a slot
 */
export function pictureGraph(
  rungs: readonly VideoRendition[],
  beginAt: (rung: VideoRendition) => number | undefined,
  statesSlot: boolean,
): string {
  const [first] = rungs;
  const rate = first === undefined ? '' : (statesSlot ? roundedToSlots : conformed)(first.frameRate);
  const split = `[0:v:0]${rate}split=${rungs.length}${rungs.map((_, index) => `[s${index}]`).join('')}`;
  const cut = (rung: VideoRendition) => {
    const slot = slotOf(beginAt(rung), rung);
    return slot === undefined ? '' : `trim=start_pts=${slot},setpts=PTS-${slot},`;
  };
  const chain = (rung: VideoRendition, index: number) =>
    `[s${index}]${cut(rung)}${aspectFit(rung)},format=yuv420p[v${index}]`;
  return [split, ...rungs.map(chain)].join(';');
}

/** `fps` must see the next frame before it gives one out: the delay of a frame. */
function conformed({ numerator, denominator }: FrameRate): string {
  return `fps=${numerator}/${denominator}:round=near,`;
}

/**
 * Rounds and lets one frame into a slot, at once; the gaps are filled by cfr. It reckons with the length of a frame, and puts
 * every one a slot too early after the first gap where nobody says how long that is.
 */
function roundedToSlots({ numerator, denominator }: FrameRate): string {
  return `settb=${denominator}/${numerator},select='isnan(prev_selected_pts)+gt(pts,prev_selected_pts)',`;
}

/** A shape within 2 % of the rung's is scaled to it exactly (even sides are rounded), any other gets black bars. */
function aspectFit({ width, height }: VideoRendition): string {
  const fits = `lt(abs(dar/(${width}/${height})-1),0.02)`;
  const scaledWidth = `'if(${fits},${width},max(2,trunc(min(${width},${height}*dar)/2)*2))'`;
  const scaledHeight = `'if(${fits},${height},max(2,trunc(min(${height},${width}/dar)/2)*2))'`;
  return `scale=w=${scaledWidth}:h=${scaledHeight}:flags=fast_bilinear,pad=${width}:${height}:-1:-1,setsar=1`;
}

/**
 * The slot in which a rung begins. Its time is counted from there and given back by the muxer, for `-fps_mode cfr` fills
 * whatever lies between zero and the first frame.
 */
export function slotOf(beginAt: number | undefined, { frameRate }: VideoRendition): number | undefined {
  return beginAt === undefined ? undefined : Math.round(beginAt * framesPerSecond(frameRate));
}
