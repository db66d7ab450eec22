import type { AudioCodec, VideoCodec } from '../../stream-node/contract/codecs';

/** How much picture or sound is asked for, in bits per second. */
type BitsPerSecond = number;

/** How much work an encoder takes on for a picture, least first, by the names of x264. */
export type X264Preset =
  | 'ultrafast'
  | 'superfast'
  | 'veryfast'
  | 'faster'
  | 'fast'
  | 'medium'
  | 'slow'
  | 'slower'
  | 'veryslow';

export type LiveJobVideoOutput = {
  Label: string;
  Codec: VideoCodec;
  /** frames per second; absent: as the source has them */
  Framerate?: number | undefined;
  Width: number;
  Height: number;
  Bitrate: BitsPerSecond;
  Max_bitrate?: BitsPerSecond | undefined;
  Buf_size?: BitsPerSecond | undefined;
  Preset?: X264Preset | undefined;
  Crf?: number | undefined;
  Threads?: number | undefined;
};

export type LiveJobAudioOutput = { Label: string; Codec: AudioCodec; Bitrate: BitsPerSecond };

/** What a live job was asked to make, every default filled in; durations in seconds. */
export type LiveJobSpec = {
  Output: {
    Stream_type: 'hls' | 'dash';
    Segment_format: 'fmp4';
    Segment_duration: number;
    /** from keyframe to keyframe */
    Fragment_duration: number;
    Low_latency_mode: 0 | 1;
    Time_shift_buffer_depth: number;
    Video_outputs: LiveJobVideoOutput[];
    Audio_outputs: LiveJobAudioOutput[];
  };
};

/** What a live job did so far. */
export type JobTotals = {
  bytesIngested: number;
  /** how long a worker had it, in seconds */
  upSeconds: number;
  /** how long input arrived meanwhile, in seconds */
  activeSeconds: number;
};
