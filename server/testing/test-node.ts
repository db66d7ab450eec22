import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { nodes } from '../../db/schema';
import { newId } from '../../stream-node/contract/ids';
import type { NodeSnapshot, ObservedStream, ObservedTake } from '../../stream-node/contract/snapshots';

/** A snapshot of an idle node, with `changes`. Nothing listens at its addresses. */
export function nodeSnapshot(changes: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return {
    nodeId: newId('node'),
    bootId: 'boot-of-a-test',
    name: 'test node',
    hostName: 'localhost',
    internalAddress: '127.0.0.1',
    externalAddress: '127.0.0.1',
    publicUrl: 'http://127.0.0.1:9',
    rtmpUrl: null,
    controlUrl: 'http://127.0.0.1:9',
    capacity: { encoderSlots: 100, viewers: 1000 },
    load: { publishers: 0, viewers: 0 },
    draining: false,
    streams: [],
    takes: [],
    ...changes,
  };
}

/** It counts as alive for an hour, however slow the machine is, until its next snapshot. */
export async function staysAlive(db: Database, nodeId: string): Promise<void> {
  await db.update(nodes).set({ lastSeenAt: sql`now() + interval '1 hour'` }).where(eq(nodes.id, nodeId));
}

export function observedStream(streamId: string, changes: Partial<ObservedStream> = {}): ObservedStream {
  return {
    streamId,
    epoch: 1,
    state: 'live',
    foreignViewers: 0,
    bytesIn: 0,
    bytesOut: 0,
    ingressKbps: 0,
    encoderLagMs: null,
    liveEdgeMs: null,
    startedAtMs: null,
    renditions: [],
    ...changes,
  };
}

export function observedTake(streamId: string, changes: Partial<ObservedTake> = {}): ObservedTake {
  return {
    streamId,
    takeId: newId('take'),
    epoch: 1,
    startedAtMs: Date.now(),
    durationSeconds: 12.5,
    bytes: 1000,
    closed: false,
    ...changes,
  };
}
