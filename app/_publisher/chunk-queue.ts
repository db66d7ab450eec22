import type { Chunk } from '../../stream-node/contract/ingest-protocol';

/** How much is not yet acknowledged: what a studio calls "waiting to send". */
export type QueueLength = { chunks: number; bytes: number; seconds: number };

/**
 * The chunks of one recorder session that no acknowledgement covers, oldest first. They are kept until the node has them
 * in its journal: nothing is ever dropped to make room. A full queue refuses the newest chunk and says so, so that its
 * owner can stop the recorder instead of sending a stream with a hole.
 */
export class ChunkQueue {
  readonly #chunks: Chunk[] = [];
  readonly #bytesMax: number;
  #bytes = 0;
  #nextSequence = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** What is left of a session that was captured up to `lastSequence`: consecutive chunks, oldest first. */
  static rest(chunks: readonly Chunk[], lastSequence: number): ChunkQueue {
    const queue = new ChunkQueue(Number.POSITIVE_INFINITY);
    queue.#chunks.push(...chunks);
    queue.#bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.byteLength, 0);
    queue.#nextSequence = lastSequence + 1;
    return queue;
  }

  /** The sequence of the last chunk taken in; -1 before the first. */
  get lastSequence(): number {
    return this.#nextSequence - 1;
  }

  /** The chunk as it will be sent, or null when the queue is full. */
  add(bytes: Uint8Array, captureTimeMs: number): Chunk | null {
    if (this.#bytes + bytes.byteLength > this.#bytesMax) {
      return null;
    }
    const chunk = { sequence: this.#nextSequence, captureTimeMs, bytes };
    this.#nextSequence += 1;
    this.#chunks.push(chunk);
    this.#bytes += bytes.byteLength;
    return chunk;
  }

  /** Lets go of every chunk up to `sequence`; an acknowledgement that comes twice or late changes nothing. */
  acknowledge(sequence: number): void {
    const covered = this.#chunks.findIndex((chunk) => chunk.sequence > sequence);
    const gone = this.#chunks.splice(0, covered === -1 ? this.#chunks.length : covered);
    for (const chunk of gone) {
      this.#bytes -= chunk.bytes.byteLength;
    }
  }

  /** The node has more of this session than is known here: the page that captured it was killed before it kept the last chunks. */
  catchUp(ackedSequence: number): void {
    this.#nextSequence = Math.max(this.#nextSequence, ackedSequence + 1);
  }

  /** The oldest chunk after `sequence`, or null when all of them were handed out. */
  after(sequence: number): Chunk | null {
    const first = this.#chunks[0];
    return first === undefined ? null : (this.#chunks[Math.max(0, sequence + 1 - first.sequence)] ?? null);
  }

  /** True when the chunk after `sequence` was acknowledged once and is gone: the node has forgotten what it confirmed. */
  isMissingAfter(sequence: number): boolean {
    const oldest = this.#chunks[0]?.sequence ?? this.#nextSequence;
    return oldest > sequence + 1;
  }

  /** Bytes of the chunks up to `sequence` that are not acknowledged: what is under way, when they were sent. */
  bytesUpTo(sequence: number): number {
    let bytes = 0;
    for (const chunk of this.#chunks) {
      if (chunk.sequence > sequence) {
        break;
      }
      bytes += chunk.bytes.byteLength;
    }
    return bytes;
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  length(nowMs: number): QueueLength {
    const oldest = this.#chunks[0];
    const seconds = oldest === undefined ? 0 : Math.max(0, nowMs - oldest.captureTimeMs) / 1000;
    return { chunks: this.#chunks.length, bytes: this.#bytes, seconds };
  }
}
