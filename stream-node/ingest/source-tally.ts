import type { IngestMeter } from './ingest-meter';

/** Counts what a session has received, and how long it waited for the disk. */
export class SourceTally {
  #bytesReceived = 0;
  /** when the oldest chunk came that is not safe on disk yet */
  #waitingSinceMs: number | null = null;

  constructor(private readonly meter: IngestMeter | undefined) {}

  /** bytes of media, those of earlier processes with them */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** An earlier process had taken in so much: that was counted there. */
  recovered(byteLength: number): void {
    this.#bytesReceived += byteLength;
  }

  chunkTaken(byteLength: number): void {
    this.#bytesReceived += byteLength;
    this.meter?.chunkTaken(byteLength);
    this.#waitingSinceMs ??= performance.now();
  }

  /** @param isAll everything that was taken in is safe; else the rest came since then */
  synced(isAll: boolean): void {
    if (this.#waitingSinceMs !== null) {
      const nowMs = performance.now();
      this.meter?.acknowledged((nowMs - this.#waitingSinceMs) / 1000);
      this.#waitingSinceMs = isAll ? null : nowMs;
    }
  }
}
