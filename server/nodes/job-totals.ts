import type { streams } from '../../db/schema';
import type { JobTotals } from '../../db/schema/live-job-spec';
import type { ObservedStream } from '../../stream-node/contract/snapshots';

type StreamRow = Pick<typeof streams.$inferSelect, 'spec' | 'earlierTotals' | 'observed'>;

const none: JobTotals = { bytesIngested: 0, upSeconds: 0, activeSeconds: 0 };

/** All that a live job did: a node counts from its assignment on, or from its own start. */
export function totalsOf({ earlierTotals, observed }: Pick<StreamRow, 'earlierTotals' | 'observed'>): JobTotals {
  const earlier = earlierTotals ?? none;
  return {
    bytesIngested: earlier.bytesIngested + (observed?.bytesIn ?? 0),
    upSeconds: earlier.upSeconds + (observed?.upSeconds ?? 0),
    activeSeconds: earlier.activeSeconds + (observed?.activeSeconds ?? 0),
  };
}

/**
 * What is kept of a row's figures before `next` takes the place of the last report: nothing, as long as that goes on counting
 * where the last one was.
 */
export function keptTotals(row: StreamRow, next: ObservedStream | null): { earlierTotals?: JobTotals } {
  const goesOn = next !== null && next.bytesIn >= (row.observed?.bytesIn ?? 0);
  return row.spec === null || row.observed === null || goesOn ? {} : { earlierTotals: totalsOf(row) };
}
