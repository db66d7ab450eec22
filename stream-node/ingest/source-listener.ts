/** What the connection of the moment wants to hear of its session. */
export type SourceListener = {
  /** more is safe on disk: `ackedSequence` rose */
  acknowledged(): void;
  /** there may be room again: see `saturated` */
  drained(): void;
  /** all up to the publisher's last sequence is safe, and the bytes have ended */
  finished(): void;
  /** the journal cannot be written: nothing can be acknowledged any more */
  failed(error: Error): void;
};
