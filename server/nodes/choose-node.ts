import { sql } from 'drizzle-orm';
import type { Queryable } from '../../db/client';

/** A node whose last snapshot is older is suspect and gets no new streams. */
export const aliveSeconds = 5;
/** A stream that was placed and never connected holds its place this long. */
const reservationSeconds = 60;

export type NodeCandidate = {
  id: string;
  publicUrl: string;
  /** where encoders reach it; null: it takes none */
  rtmpUrl: string | null;
  /** publishers + viewers + reservations */
  load: number;
  /** encoder slots + viewers that it is good for, at least 1 */
  capacity: number;
  freeEncoderSlots: number;
};

/**
 * The nodes that may take a stream: alive and not draining. A reservation is a stream that was placed there and that the
 * node does not count as a publisher yet.
 */
export async function nodeCandidates(tx: Queryable): Promise<NodeCandidate[]> {
  const rows = await tx.execute<NodeCandidate>(sql`
    select
      node.id,
      node.public_url as "publicUrl",
      node.rtmp_url as "rtmpUrl",
      node.publishers + node.viewers + placed.reservations as load,
      greatest(node.encoder_slots + node.viewer_capacity, 1) as capacity,
      node.encoder_slots - node.publishers - placed.reservations as "freeEncoderSlots"
    from node
    cross join lateral (
      select count(*)::int as reservations from stream
      where stream.node_id = node.id
        and stream.state = 'created'
        and stream.created_at > now() - make_interval(secs => ${reservationSeconds})
    ) as placed
    where node.last_seen_at > now() - make_interval(secs => ${aliveSeconds})
      and not node.draining
  `);
  return [...rows];
}

/**
 * Least connections: the candidate with the smallest load for its capacity that has an encoder slot; ties at random, so
 * that equal web processes do not all run to the first.
 *
 * @returns `null` when no node can take a stream
 */
export function chooseNode(candidates: NodeCandidate[], random: () => number = Math.random): NodeCandidate | null {
  let least: NodeCandidate[] = [];
  let leastRatio = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const ratio = candidate.load / candidate.capacity;
    if (candidate.freeEncoderSlots < 1 || ratio > leastRatio) {
      continue;
    }
    least = ratio < leastRatio ? [candidate] : [...least, candidate];
    leastRatio = ratio;
  }
  return least[Math.floor(random() * least.length)] ?? null;
}

/** The candidate as it is after it was given one more stream. */
export function withOneMore(candidate: NodeCandidate): NodeCandidate {
  return { ...candidate, load: candidate.load + 1, freeEncoderSlots: candidate.freeEncoderSlots - 1 };
}
