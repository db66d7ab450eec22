/** One encoded frame of the picture, or packet of the sound. */
export type EncodedSample = {
  readonly kind: 'video' | 'audio';
  readonly bytes: Uint8Array;
  readonly isKey: boolean;
  /** when its first sample was captured, on the track's own clock */
  readonly timestampMs: number;
  readonly durationMs: number;
  /** with the first one, and whenever it changed: what a decoder needs to know */
  readonly decoderConfig?: VideoDecoderConfig | AudioDecoderConfig;
};

/** An encoder of one track, as a recorder sees it. */
export type TrackEncoder = {
  readonly kind: EncodedSample['kind'];
  /** Encodes what the track gives until it ends or `stop()` is called; rejects when the encoder fails. */
  run(): Promise<void>;
  /** Stops; settles when what was taken in is handed over. */
  stop(): Promise<void>;
  /** What is to be added to a timestamp of its samples to get its page time; null while that is not known. */
  pageOffsetMs(): number | null;
};
