import { z } from 'zod';
import type { LiveJobSpec } from '../../db/schema/live-job-spec';
import { AudioCodec, usualAudioCodec, usualVideoCodec, VideoCodec } from '../../stream-node/contract/codecs';
import type { RenditionId } from '../../stream-node/contract/ladder';
import { bitsPerSecond } from './bits-per-second';

/** What is taken of a spec, at most. */
const videoOutputsMax = 10;
const audioOutputsMax = 5;
const segmentSecondsMax = 10;
const fragmentSecondsMin = 0.2;
const timeShiftSecondsMax = 14_400;
/** One of the encoders of AV1 takes no smaller picture. */
const av1PixelsMin = 64;
/** Of layer 3 of MPEG-1 (ISO/IEC 11172-3, 2.4.2.3). */
const mp3Bitrate = { min: 32_000, max: 320_000 };

const presets = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
] as const;

const number = (rule: string) => z.number(rule);
const between = (low: number, high: number, unit = '') => {
  const rule = `must be a number from ${low} to ${high}${unit}`;
  return number(rule).min(low, rule).max(high, rule);
};
const wholeBetween = (low: number, high: number) => {
  const rule = `must be a whole number from ${low} to ${high}`;
  return z.int(rule).min(low, rule).max(high, rule);
};
const flag = z.union([z.literal(0), z.literal(1)], 'must be 0 or 1');

const Label = z
  .string('must be text')
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be 1 to 32 of A-Z, a-z, 0-9, _ and -');

/** 4:2:0 has half as many colour samples in each direction. */
const pixels = (high: number) => wholeBetween(16, high).refine((side) => side % 2 === 0, 'must be even');

const VideoOutput = z.object({
  Label: Label.optional(),
  Codec: z.enum(VideoCodec.options, `must be one of ${VideoCodec.options.join(', ')}`).default(usualVideoCodec),
  Framerate: between(1, 60).optional(),
  Width: pixels(1920),
  Height: pixels(1080),
  Bitrate: bitsPerSecond({ min: 10_000, max: 5_000_000 }),
  Max_bitrate: bitsPerSecond({ min: 10_000, max: 20_000_000 }).optional(),
  Buf_size: bitsPerSecond({ min: 10_000, max: 40_000_000 }).optional(),
  Preset: z.enum(presets, `must be one of ${presets.join(', ')}`).optional(),
  Crf: wholeBetween(0, 51).optional(),
  Threads: wholeBetween(1, 16).optional(),
});

const AudioOutput = z.object({
  Label: Label.optional(),
  Codec: z.enum(AudioCodec.options, `must be one of ${AudioCodec.options.join(', ')}`).default(usualAudioCodec),
  Bitrate: bitsPerSecond({ min: 16_000, max: 512_000 }),
});

const DrmFields = z.object({
  Disable_clear_key: flag.optional(),
  Protection_system: z.string('must be text').max(64, 'at most 64 characters').optional(),
  Protection_scheme: z.enum(['cbcs', 'cenc'], 'must be cbcs or cenc').optional(),
});

const Drm = DrmFields.refine(
  (drm) => drm.Disable_clear_key === 1 && drm.Protection_system === undefined,
  'drm_not_supported: is not built yet; leave it out, or set Disable_clear_key to 1 and nothing else',
);

const OutputFields = z.object(
  {
    Stream_type: z.enum(['hls', 'dash'], 'must be hls or dash'),
    Segment_format: z.literal('fmp4', 'must be fmp4').default('fmp4'),
    Segment_duration: between(1, segmentSecondsMax, ' seconds').default(4),
    Fragment_duration: between(fragmentSecondsMin, segmentSecondsMax, ' seconds').default(1),
    Low_latency_mode: flag.default(0),
    Time_shift_buffer_depth: wholeBetween(0, timeShiftSecondsMax).default(600),
    Drm: Drm.optional(),
    S3_output: z.never('s3_output_not_supported: is not built yet; leave it out').optional(),
    Video_outputs: z
      .array(VideoOutput, 'must be a list')
      .max(videoOutputsMax, `too_many_video_outputs: at most ${videoOutputsMax}`)
      .default([]),
    Audio_outputs: z
      .array(AudioOutput, 'must be a list')
      .max(audioOutputsMax, `too_many_audio_outputs: at most ${audioOutputsMax}`)
      .default([]),
  },
  'must be an object',
);

const Output = OutputFields.superRefine((output, context) => {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message, input: output });
  if (output.Fragment_duration > output.Segment_duration) {
    refuse(['Fragment_duration'], 'must be at most Segment_duration');
  }
  if (output.Video_outputs.length + output.Audio_outputs.length === 0) {
    refuse(['Video_outputs'], 'no_outputs: there is neither a video nor an audio output');
  }
  for (const [index, { Codec, Width, Height }] of output.Video_outputs.entries()) {
    for (const [field, side] of Object.entries({ Width, Height })) {
      if (Codec === 'av1' && side < av1PixelsMin) {
        refuse(['Video_outputs', index, field], `must be at least ${av1PixelsMin} for av1`);
      }
    }
  }
  for (const [index, { Codec, Bitrate }] of output.Audio_outputs.entries()) {
    if (Codec === 'mp3' && (Bitrate < mp3Bitrate.min || Bitrate > mp3Bitrate.max)) {
      refuse(['Audio_outputs', index, 'Bitrate'], 'must be from 32k to 320k for mp3');
    }
  }
  const [first, ...others] = output.Video_outputs;
  const odd = others.findIndex(({ Framerate }) => Framerate !== first?.Framerate);
  if (odd >= 0) {
    // Players switch between them at the same frames.
    refuse(['Video_outputs', odd + 1, 'Framerate'], 'different_framerates: must be that of the first output');
  }
})
  .transform(({ Drm: _drm, S3_output: _bucket, ...output }) => ({
    ...output,
    Video_outputs: output.Video_outputs.map((video) => ({ ...video, Label: video.Label ?? `${video.Height}p` })),
    Audio_outputs: output.Audio_outputs.map((audio) => ({
      ...audio,
      Label: audio.Label ?? `audio${Math.round(audio.Bitrate / 1000)}`,
    })),
  }))
  .superRefine((output, context) => {
    const taken = new Set<RenditionId>();
    for (const list of ['Video_outputs', 'Audio_outputs'] as const) {
      for (const [index, { Label: label }] of output[list].entries()) {
        const id = renditionIdOf(label);
        if (taken.has(id)) {
          const message = `duplicate_label: "${label}" names another output too`;
          context.addIssue({ code: 'custom', path: [list, index, 'Label'], message, input: label });
        }
        taken.add(id);
      }
    }
  });

/**
 * What a live job is made to. Durations are seconds; bitrates are bits per second or text such as "365k". A rule's message
 * may begin with its own code and a colon; all others are refused as `bad_<field>`.
 */
export const LiveJobSpecInput = z.object({ Output }, 'must be an object') satisfies z.ZodType<LiveJobSpec>;

/** The names of the fields of a spec, by what has them. */
export const specFields = {
  output: Object.keys(OutputFields.shape),
  video: Object.keys(VideoOutput.shape),
  audio: Object.keys(AudioOutput.shape),
  drm: Object.keys(DrmFields.shape),
};

/** The name of an output in URLs. */
export function renditionIdOf(label: string): RenditionId {
  return label.toLowerCase().replaceAll('_', '-');
}
