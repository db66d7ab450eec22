import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';
import { nodes } from '../../db/schema';
import { slotPercent } from '../../stream-node/contract/encoder-demand';
import type { DesiredState, NodeSnapshot } from '../../stream-node/contract/snapshots';
import { notifyRoom } from '../bus/notify';
import { isLoopbackHost, type ServerEnv } from '../env';
import type { OperationContext } from '../operation-context';
import { adoptRegistration } from './adopt-registration';
import { applyObservedJournals } from './apply-observed-journals';
import { applyObservedStreams } from './apply-observed-streams';
import { applyObservedTakes } from './apply-observed-takes';
import { chooseNode, nodeCandidates } from './choose-node';
import { desiredStreams } from './desired-streams';
import { grantKeys } from './grant-keys';
import { countReservations } from './node-reservations';

/** @returns whether an operator wants the node empty */
async function upsertNode(tx: Queryable, snapshot: NodeSnapshot): Promise<boolean> {
  const values = {
    bootId: snapshot.bootId,
    name: snapshot.name,
    hostName: snapshot.hostName,
    internalAddress: snapshot.internalAddress,
    externalAddress: snapshot.externalAddress,
    publicUrl: snapshot.publicUrl.replace(/\/+$/, ''),
    rtmpUrl: snapshot.rtmpUrl,
    controlUrl: snapshot.controlUrl.replace(/\/+$/, ''),
    encoderSlots: snapshot.capacity.encoderSlots,
    viewerCapacity: snapshot.capacity.viewers,
    publishers: snapshot.load.publishers,
    encoderPercent: snapshot.load.encoderPercent ?? snapshot.load.publishers * slotPercent,
    viewers: snapshot.load.viewers,
    lastSeenAt: sql`now()`,
    snapshot,
  };
  const [node] = await tx
    .insert(nodes)
    .values({ id: snapshot.nodeId, ...values, draining: snapshot.draining })
    .onConflictDoUpdate({
      target: nodes.id,
      set: { ...values, draining: sql`${snapshot.draining} or ${nodes.drainRequested}` },
    })
    .returning({ drainRequested: nodes.drainRequested });
  return node?.drainRequested ?? false;
}

async function hasRoomElsewhere(tx: Queryable, nodeId: string): Promise<boolean> {
  const need = { demandPercent: slotPercent };
  const others = (await nodeCandidates(tx, 2, need)).filter(({ id }) => id !== nodeId);
  return chooseNode(others, need.demandPercent) !== null;
}

/** The origins that our pages are served from: players of ours are counted by presence. */
function webOrigins(env: ServerEnv): string[] {
  const origin = new URL(env.publicUrl).origin;
  const scheme = env.tls === null ? 'http' : 'https';
  const local = ['localhost', '127.0.0.1'].map((host) => `${scheme}://${host}:${env.port}`);
  return isLoopbackHost(new URL(origin).hostname) ? [...new Set([origin, ...local])] : [origin];
}

/**
 * Takes in a node's whole observed state and answers with its whole desired state. Idempotent: the same snapshot again
 * changes nothing, and one that was lost is made up for by the next. The node's row stays locked meanwhile, so two
 * snapshots of one node never mix.
 */
export async function receiveSnapshot(
  context: Pick<OperationContext, 'db' | 'env' | 'logger'>,
  snapshot: NodeSnapshot,
): Promise<DesiredState> {
  return await context.db.transaction(async (tx) => {
    await adoptRegistration(tx, snapshot);
    const drain = await upsertNode(tx, snapshot);
    const changed = await applyObservedStreams(tx, snapshot);
    const takes = await applyObservedTakes(tx, snapshot);
    await applyObservedJournals(tx, snapshot);
    await countReservations(tx, snapshot.nodeId);
    for (const eventId of new Set([...changed.eventIds, ...takes.eventIds])) {
      await notifyRoom(tx, { room: `event:${eventId}`, kind: 'streams' });
    }
    return {
      serverTimeMs: Date.now(),
      grantPublicKey: grantKeys(context.env.secret).publicKey,
      webOrigins: webOrigins(context.env),
      streams: await desiredStreams(tx, snapshot),
      drain,
      ...((drain || snapshot.draining) && { hasRoomElsewhere: await hasRoomElsewhere(tx, snapshot.nodeId) }),
      revokedGrantIds: [],
      confirmedTakeIds: takes.confirmedTakeIds,
    };
  });
}
