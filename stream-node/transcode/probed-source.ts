import type { FrameRate } from '../contract/profiles';

/** What a source is made of, read from its first bytes. A track that is not there is left out. */
export type ProbedSource = {
  /**
   * The picture as it is shown, rotation applied; the frame rate is one a stream may be encoded at. `frameSeconds` are the
   * container times of the frames that the first bytes hold.
   */
  video?: {
    codec: string;
    width: number;
    height: number;
    frameRate: FrameRate;
    frameSeconds: readonly number[];
    /** coded as it is shown: 4:2:0 of eight bits, whole frames, square pixels, upright */
    isPlain?: boolean;
  };
  audio?: {
    codec: string;
    channels: number;
    sampleRate: number;
    /** container time at which the sound begins; absent where the first bytes hold none of it */
    startSeconds?: number;
  };
};
