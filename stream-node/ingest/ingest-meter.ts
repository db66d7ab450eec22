/** Who counts what comes in, whatever adapter it comes by. */
export type IngestMeter = {
  chunkTaken(bytes: number): void;
  /** what was taken in is safe on disk; `waitSeconds` is how long the oldest chunk of it waited for that */
  acknowledged(waitSeconds: number): void;
};
