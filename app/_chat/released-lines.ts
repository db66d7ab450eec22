import type { ChatLine } from '../../server/realtime/messages';

/**
 * How many lines, from the first on, the viewer's playhead has reached. In order: a line waits for those before it, so
 * that nothing is slipped in above what has been read.
 *
 * A line counts as happened at the latest when it arrived: a writer's clock that is ahead must not hold everyone up.
 *
 * @param playheadMs the viewer's playhead on the event clock, unix ms; `null` releases all
 */
export function releasedCount(lines: ChatLine[], playheadMs: number | null): number {
  if (playheadMs === null) {
    return lines.length;
  }
  const held = lines.findIndex((line) => Math.min(line.happenedAtMs, line.createdAtMs) > playheadMs);
  return held === -1 ? lines.length : held;
}

/** The lines that may be seen: the released ones, and one's own at once. */
export function visibleLines(lines: ChatLine[], playheadMs: number | null, ownId: string | null): ChatLine[] {
  const released = releasedCount(lines, playheadMs);
  if (released === lines.length) {
    return lines;
  }
  return lines.filter((line, index) => index < released || line.author.id === ownId);
}
