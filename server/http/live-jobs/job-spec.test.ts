import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAppError, parseInput } from '../../errors';
import { customOutput } from '../../live-jobs/custom-output';
import { LiveJobSpecInput } from '../../live-jobs/job-spec';
import { jobWarnings } from '../../live-jobs/job-warnings';
import { jobSurface } from './job-surface';

const video = { Label: 'video365k', Codec: 'h264', Framerate: 25, Width: 640, Height: 360, Bitrate: '365k' };
const audio = { Codec: 'aac', Bitrate: '128k' };
const specWith = (changes: object) => ({
  Output: { Stream_type: 'hls', Video_outputs: [video], Audio_outputs: [audio], ...changes },
});
const withVideo = (changes: object) => specWith({ Video_outputs: [{ ...video, ...changes }] });
const withAudio = (changes: object) => specWith({ Audio_outputs: [{ ...audio, ...changes }] });
const labelled = (count: number) => Array.from({ length: count }, (_, index) => ({ ...video, Label: `v${index}` }));

/** What a program is told of a spec, or `taken`. */
function verdictOn(body: unknown): string {
  try {
    parseInput(LiveJobSpecInput, body, jobSurface.badBody);
    return 'taken';
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    const { Error: words } = jobSurface.errorBody({ status: 400, code: error.code, message: error.userMessage }) as {
      Error: string;
    };
    return words;
  }
}

const at = 'Output.Video_outputs.0';
test.each([
  [{}, 'bad_output: Output must be an object'],
  [{ Output: [] }, 'bad_output: Output must be an object'],
  [specWith({ Stream_type: undefined }), 'bad_stream_type: Output.Stream_type must be hls or dash'],
  [specWith({ Stream_type: 'smooth' }), 'bad_stream_type: Output.Stream_type must be hls or dash'],
  [specWith({ Segment_format: 'ts' }), 'bad_segment_format: Output.Segment_format must be fmp4'],
  [
    specWith({ Segment_duration: 11 }),
    /^bad_segment_duration: Output\.Segment_duration must be a number from 1 to 10 /,
  ],
  [specWith({ Segment_duration: '4' }), /^bad_segment_duration: /],
  [
    specWith({ Fragment_duration: 5 }),
    'bad_fragment_duration: Output.Fragment_duration must be at most Segment_duration',
  ],
  [specWith({ Fragment_duration: 0 }), /^bad_fragment_duration: /],
  [specWith({ Low_latency_mode: 2 }), 'bad_low_latency_mode: Output.Low_latency_mode must be 0 or 1'],
  [specWith({ Low_latency_mode: true }), /^bad_low_latency_mode: /],
  [specWith({ Time_shift_buffer_depth: 14_401 }), /^bad_time_shift_buffer_depth: .* from 0 to 14400$/],
  [specWith({ Time_shift_buffer_depth: -1 }), /^bad_time_shift_buffer_depth: /],
  [specWith({ Drm: { Disable_clear_key: 0, Protection_system: 'FairPlay' } }), /^drm_not_supported: Output\.Drm /],
  [specWith({ Drm: { Disable_clear_key: 1, Protection_system: 'Widevine' } }), /^drm_not_supported: /],
  [specWith({ Drm: { Protection_scheme: 'rot13' } }), /^bad_protection_scheme: Output\.Drm\.Protection_scheme /],
  [specWith({ Drm: { Disable_clear_key: 1 } }), 'taken'],
  [specWith({ S3_output: { Bucket: 'mine' } }), /^s3_output_not_supported: Output\.S3_output /],
  [specWith({ Video_outputs: labelled(11) }), 'too_many_video_outputs: Output.Video_outputs at most 10'],
  [specWith({ Video_outputs: labelled(10) }), 'taken'],
  [specWith({ Video_outputs: 'all' }), 'bad_video_outputs: Output.Video_outputs must be a list'],
  [specWith({ Audio_outputs: Array(6).fill(audio) }), 'too_many_audio_outputs: Output.Audio_outputs at most 5'],
  [specWith({ Video_outputs: [], Audio_outputs: [] }), /^no_outputs: /],
  [specWith({ Video_outputs: [] }), 'taken'],
  [specWith({ Video_outputs: [video, video] }), /^duplicate_label: Output\.Video_outputs\.1\.Label /],
  [specWith({ Video_outputs: [video, { ...video, Label: 'b', Framerate: 30 }] }), /^different_framerates: /],
  [withVideo({ Label: '../x' }), /^bad_label: Output\.Video_outputs\.0\.Label /],
  [withVideo({ Codec: 'h265' }), 'taken'],
  [withVideo({ Codec: 'av1' }), 'taken'],
  [withVideo({ Codec: 'av1', Width: 62 }), `bad_width: ${at}.Width must be at least 64 for av1`],
  [withVideo({ Codec: 'vp6' }), `bad_codec: ${at}.Codec must be one of h264, h265, av1`],
  [withVideo({ Framerate: 61 }), `bad_framerate: ${at}.Framerate must be a number from 1 to 60`],
  [withVideo({ Width: 1922 }), /^bad_width: /],
  [withVideo({ Width: 641 }), `bad_width: ${at}.Width must be even`],
  [withVideo({ Height: 1082 }), /^bad_height: /],
  [withVideo({ Height: undefined }), /^bad_height: /],
  [withVideo({ Bitrate: '' }), `bad_bitrate: ${at}.Bitrate must be a bitrate from 10k to 5000k, such as "365k"`],
  [withVideo({ Bitrate: undefined }), /^bad_bitrate: /],
  [withVideo({ Bitrate: '5001k' }), /^bad_bitrate: /],
  [withVideo({ Bitrate: '365kbps' }), /^bad_bitrate: /],
  [withVideo({ Bitrate: '5M' }), 'taken'],
  [withVideo({ Bitrate: 365_000 }), 'taken'],
  [withVideo({ Max_bitrate: '-1k' }), /^bad_max_bitrate: /],
  [withVideo({ Buf_size: 'big' }), /^bad_buf_size: /],
  [withVideo({ Preset: 'ludicrous' }), /^bad_preset: /],
  [withVideo({ Crf: 52 }), /^bad_crf: /],
  [withVideo({ Threads: 0 }), /^bad_threads: /],
  [withAudio({ Codec: 'opus' }), 'taken'],
  [withAudio({ Codec: 'mp3' }), 'taken'],
  [withAudio({ Codec: 'mp3', Bitrate: '24k' }), /^bad_bitrate: Output\.Audio_outputs\.0\.Bitrate .* for mp3$/],
  [withAudio({ Codec: 'vorbis' }), 'bad_codec: Output.Audio_outputs.0.Codec must be one of aac, opus, mp3'],
  [withAudio({ Bitrate: '' }), /^bad_bitrate: Output\.Audio_outputs\.0\.Bitrate /],
])('of %j it is said: %s', (body, expected) => {
  expect(verdictOn(body)).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
});

test('doubts are told, and nothing is made otherwise for them', () => {
  const body = { Input: {}, ...withVideo({ Max_bitrate: '800k', Preset: 'slow', Colour: 'red' }) };
  body.Output.Audio_outputs = [{ Codec: 'opus', Bitrate: '320k' }];
  const spec = LiveJobSpecInput.parse(body);
  expect(jobWarnings(spec, body).map((warning) => warning.split(':')[0])).toEqual([
    'unknown_field',
    'unknown_field',
    'max_bitrate_high',
    'slow_preset',
    'audio_bitrate_high',
    'few_players',
  ]);
  expect(customOutput(spec).video[0]).toMatchObject({
    bitrate: 365_000,
    encoder: { preset: 'slow', bitrateMax: 800_000 },
  });
});

describe('the sample spec of the README', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const sample: unknown = JSON.parse(/## Live jobs[\s\S]*?```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '');

  test('is taken without a doubt, and made as it says', () => {
    const spec = LiveJobSpecInput.parse(sample);
    expect(jobWarnings(spec, sample)).toEqual([]);
    expect(customOutput(spec)).toEqual({
      video: [
        {
          ...{ kind: 'video', id: 'video2000k', codec: 'h264', width: 1280, height: 720, bitrate: 2_000_000 },
          encoder: { preset: 'veryfast', bitrateMax: 2_500_000, bufferBits: 2_500_000 },
        },
        { kind: 'video', id: 'video365k', codec: 'h264', width: 640, height: 360, bitrate: 365_000, encoder: {} },
      ],
      frameRate: { numerator: 25, denominator: 1 },
      audio: [{ kind: 'audio', id: 'audio128k', codec: 'aac', channels: 2, bitrate: 128_000 }],
      gopSeconds: 1,
      segmentSeconds: 4,
      isLowLatency: false,
    });
  });
});
