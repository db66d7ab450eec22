import { type CutRule, fitsPartTarget } from './segmenter';

/** A fragment that cannot be published without breaking a rule of the format. The session it belongs to is lost. */
export class BadFragment extends Error {
  override readonly name = 'BadFragment';
}

/**
 * @param reachedTicks where the rendition's media ends so far, in decode time
 * @throws BadFragment where the fragment goes back in time, or no part could hold it
 */
export function expectPublishable(
  renditionId: string,
  { decodeTimeTicks, durationSeconds }: { decodeTimeTicks: number; durationSeconds: number },
  reachedTicks: number,
  rule: CutRule,
): void {
  if (decodeTimeTicks < reachedTicks) {
    throw new BadFragment(`${renditionId}: decode time ${decodeTimeTicks} goes back, ${reachedTicks} was reached`);
  }
  if (!fitsPartTarget(durationSeconds, rule)) {
    const target = rule.partTargetSeconds;
    throw new BadFragment(
      `${renditionId}: a fragment of ${durationSeconds} s is longer than the part target of ${target} s`,
    );
  }
}
