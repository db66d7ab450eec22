import { and, gt, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { presence } from '../../db/schema';
import { presenceFreshSeconds } from '../streams/count-viewers';
import type { ObservedDelays } from './open-playbacks';

export type MedianDelay = { medianMs: number; players: number };

/** The median delay of each stream's live players over all web processes; a stream without any is left out. */
export async function medianDelays(db: Queryable, streamIds: string[]): Promise<Map<string, MedianDelay>> {
  const rows = await db
    .select({ streamId: presence.streamId, delaysMs: presence.delaysMs, players: presence.delayPlayers })
    .from(presence)
    .where(
      and(
        inArray(presence.streamId, streamIds),
        gt(presence.delayPlayers, 0),
        gt(presence.updatedAt, sql`now() - make_interval(secs => ${presenceFreshSeconds})`),
      ),
    );
  const byStream = new Map<string, ObservedDelays[]>();
  for (const { streamId, ...observed } of rows) {
    byStream.set(streamId, [...(byStream.get(streamId) ?? []), observed]);
  }
  return new Map([...byStream].map(([streamId, observed]) => [streamId, medianOf(observed)]));
}

/** A process that tells a sample of its players has each of the sample stand for as many as it leaves out. */
export function medianOf(observed: ObservedDelays[]): MedianDelay {
  const weighted = observed
    .flatMap(({ delaysMs, players }) => delaysMs.map((delayMs) => ({ delayMs, weight: players / delaysMs.length })))
    .sort((a, b) => a.delayMs - b.delayMs);
  const players = observed.reduce((sum, ofProcess) => sum + ofProcess.players, 0);
  let passed = 0;
  const middle = weighted.find(({ weight }) => {
    passed += weight;
    // Sums of fractions fall short of a half by a trifle.
    return passed >= players / 2 - 1e-6;
  });
  return { medianMs: middle?.delayMs ?? 0, players };
}
