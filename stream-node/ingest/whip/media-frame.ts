/** How a track's frames are coded, as a decoder must be told before the first one. */
export type VideoConfig = {
  readonly codec: 'h264' | 'vp8';
  readonly width: number;
  readonly height: number;
  /** of H.264: the AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1) */
  readonly description: Buffer | null;
};

/** A whole picture out of its packets. */
export type VideoFrame = {
  readonly timestamp: number;
  /** of H.264: each NAL unit behind its length of four bytes */
  readonly bytes: Buffer;
  readonly isKeyframe: boolean;
  /** known with every keyframe that can be decoded */
  readonly config: VideoConfig | null;
};

/** Makes pictures of packets that come in order. */
export type Depacketizer = {
  /** The frames that this packet completes; `damaged` where packets do not make one. */
  push(packet: { timestamp: number; marker: boolean; payload: Buffer }): (VideoFrame | 'damaged')[];
  /** Packets are missing here: what was begun cannot be finished. */
  lost(): void;
};

/** The most a frame may have: it must fit into one chunk of the journal. */
export const frameBytesMax = 3 * 1024 * 1024;
