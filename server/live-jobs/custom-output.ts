import type { LiveJobSpec } from '../../db/schema/live-job-spec';
import type { CustomOutput } from '../../stream-node/contract/custom-output';
import type { FrameRate } from '../../stream-node/contract/profiles';
import { renditionIdOf } from './job-spec';

/** Sound below this is one channel: two would be worse. */
const stereoBitrateMin = 96_000;

/** What a node makes of a live job's input. */
export function customOutput({ Output }: LiveJobSpec): CustomOutput {
  const { Video_outputs: videos, Audio_outputs: audios } = Output;
  const fps = videos[0]?.Framerate;
  return {
    video: videos
      .map((video) => ({
        kind: 'video' as const,
        id: renditionIdOf(video.Label),
        codec: video.Codec,
        width: video.Width,
        height: video.Height,
        bitrate: video.Bitrate,
        encoder: {
          preset: video.Preset,
          crf: video.Crf,
          threads: video.Threads,
          bitrateMax: video.Max_bitrate,
          bufferBits: video.Buf_size,
        },
      }))
      .sort((one, other) => other.bitrate - one.bitrate),
    ...(fps !== undefined && { frameRate: frameRateOf(fps) }),
    audio: audios.map((audio) => ({
      kind: 'audio',
      id: renditionIdOf(audio.Label),
      codec: audio.Codec,
      channels: audio.Bitrate < stereoBitrateMin ? 1 : 2,
      bitrate: audio.Bitrate,
    })),
    gopSeconds: Output.Fragment_duration,
    segmentSeconds: Output.Segment_duration,
    isLowLatency: Output.Low_latency_mode === 1,
  };
}

/** 29.97 and its like are meant as the fractions that cameras have (SMPTE 12M); any other rate is taken to the thousandth. */
function frameRateOf(fps: number): FrameRate {
  const ntsc = Math.round(fps * 1.001) * 1000;
  if (!Number.isInteger(fps) && Math.abs(ntsc / 1001 - fps) < 0.005) {
    return { numerator: ntsc, denominator: 1001 };
  }
  return Number.isInteger(fps)
    ? { numerator: fps, denominator: 1 }
    : { numerator: Math.round(fps * 1000), denominator: 1000 };
}
