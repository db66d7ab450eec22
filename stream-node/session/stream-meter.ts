/** Who counts what happens to the streams of a node. */
export type StreamMeter = {
  /** @param latencySeconds from the capture of its newest sample; null: not known */
  partPublished(latencySeconds: number | null): void;
  /** an ffmpeg crashed or stalled, and another takes its place */
  encoderRestarted(): void;
};
