import { and, asc, eq, inArray, or } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { streams } from '../../db/schema';
import type { NodeSnapshot, ObservedStream } from '../../stream-node/contract/snapshots';
import { isFinal, nodeStates, type StreamState, transition } from '../../stream-node/contract/stream-state';
import { advanceState } from './advance-state';
import { keptTotals } from './job-totals';

type StreamRow = typeof streams.$inferSelect;
type StreamChange = Partial<typeof streams.$inferInsert>;

const gaveUpReason = 'The broadcaster did not come back in time';

function changeOfState(state: StreamState, reason: string | null): StreamChange {
  const now = new Date();
  return { state, stateChangedAt: now, ...(isFinal(state) ? { endedAt: now, reason } : { reason }) };
}

/** What a report of the stream's node changes in its row. */
function changeByReport(row: StreamRow, observed: ObservedStream): StreamChange {
  const startedAt = row.startedAt ?? (observed.startedAtMs === null ? null : new Date(observed.startedAtMs));
  if (isFinal(row.state)) {
    // It may have ended before the first report of its media came in.
    return row.startedAt === null && startedAt !== null ? { startedAt } : {};
  }
  const next = row.spec === null ? advanceState(row.state, observed.state) : jobState(row.state, observed.state);
  const reason = observed.reason ?? (next === 'ended' || next === 'parked' ? gaveUpReason : null);
  // Media here: viewers of a stream that was moved follow it now.
  const arrived = row.mediaNodeId !== null && observed.startedAtMs !== null ? { mediaNodeId: null } : {};
  const kept = keptTotals(row, observed);
  return { observed, startedAt, ...arrived, ...kept, ...(next === null ? {} : changeOfState(next, reason)) };
}

/**
 * A live job is ready for its input as soon as its node knows of it, and one whose encoder did not come back in time is kept
 * for its owner to resume: its id and its key were told to programs.
 */
function jobState(current: StreamState, observed: StreamState): StreamState | null {
  if (current === 'created' && observed === 'created') {
    return transition(current, 'publisher-connected');
  }
  const next = advanceState(current, observed);
  return next === 'ended' ? transition(current, 'park') : next;
}

/** A node that no longer knows a stream (it was started afresh) has no publisher for it. */
function changeByAbsence(row: StreamRow): StreamChange {
  const next = transition(row.state, 'publisher-lost');
  // A job that waits for its first input has no publisher to lose.
  const isReady = row.state === 'connecting' && (row.observed?.state ?? 'created') === 'created';
  if (next === null || next === row.state || isReady) {
    return row.observed === null ? {} : { observed: null, ...keptTotals(row, null) };
  }
  return { observed: null, ...keptTotals(row, null), ...changeOfState(next, null) };
}

/**
 * Brings the rows of a node's streams to what the node observes. Reports of streams that are assigned elsewhere, or of an
 * older epoch, change nothing.
 *
 * @returns the events whose pages show something else now
 */
export async function applyObservedStreams(tx: Queryable, snapshot: NodeSnapshot): Promise<{ eventIds: string[] }> {
  const reports = new Map(snapshot.streams.map((observed) => [observed.streamId, observed]));
  const rows = await tx
    .select()
    .from(streams)
    .where(
      and(
        eq(streams.nodeId, snapshot.nodeId),
        or(inArray(streams.state, [...nodeStates]), inArray(streams.id, [...reports.keys()])),
      ),
    )
    .orderBy(asc(streams.id))
    .for('update');
  const eventIds: string[] = [];
  for (const row of rows) {
    const observed = reports.get(row.id);
    if (observed !== undefined && observed.epoch !== row.epoch) {
      continue;
    }
    const change = observed === undefined ? changeByAbsence(row) : changeByReport(row, observed);
    if (Object.keys(change).length === 0) {
      continue;
    }
    await tx.update(streams).set(change).where(eq(streams.id, row.id));
    const hasStarted = row.startedAt === null && (change.startedAt ?? null) !== null;
    if (change.state !== undefined || change.mediaNodeId !== undefined || hasStarted) {
      eventIds.push(row.eventId);
    }
  }
  return { eventIds };
}
