import type { VideoRendition } from '../contract/ladder';
import { framesPerSecond } from './frame-rate';

/**
 * One decode for all rungs; `aspectFit` keeps a picture that turns or changes its shape during a session undistorted.
 *
 * `fps` lays each frame on the nearest slot of the constant rate. ffmpeg's own `-fps_mode cfr` lets a frame lie up to 1.1
 * slots away before it drops or repeats one, 37 ms at 30 frames a second, and the event clock would be wrong by as much.
 * It costs the delay of a frame, for it must see the next one; to round by `settb` and `select` costs none, but then cfr, which
 * is told no frame rate, puts every frame a slot too early after the first gap.
 */
export function pictureGraph(
  rungs: readonly VideoRendition[],
  beginAt: (rung: VideoRendition) => number | undefined,
): string {
  const [first] = rungs;
  const rate = first === undefined ? '' : `fps=${first.frameRate.numerator}/${first.frameRate.denominator}:round=near,`;
  const split = `[0:v:0]${rate}split=${rungs.length}${rungs.map((_, index) => `[s${index}]`).join('')}`;
  const cut = (rung: VideoRendition) => {
    const slot = slotOf(beginAt(rung), rung);
    return slot === undefined ? '' : `trim=start_pts=${slot},setpts=PTS-${slot},`;
  };
  const chain = (rung: VideoRendition, index: number) =>
    `[s${index}]${cut(rung)}${aspectFit(rung)},format=yuv420p[v${index}]`;
  return [split, ...rungs.map(chain)].join(';');
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
