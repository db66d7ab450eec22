import { z } from 'zod';
import { liveJobWords } from '../../../stream-node/contract/stream-state';
import { LiveJobSpecInput } from '../../live-jobs/job-spec';
import type { JobInput, LiveJobView } from '../../live-jobs/load-live-jobs';
import { ApiTime, apiTime } from '../api/api-values';

/** A live job on the wire. */
export const ApiLiveJob = z
  .object({
    Id: z.string(),
    State: z.enum(['created', 'running', 'streaming', 'stopped', 'reconnecting', 'paused', 'failed']),
    State_reason: z.string().describe('why it failed or stopped by itself'),
    Spec: LiveJobSpecInput.describe('as it is made, defaults filled in, bitrates in bits per second'),
    StreamKey: z.string().describe('secret; empty for everyone but its owner'),
    RtmpIngestUrl: z.string().describe('an encoder sends to this address, a slash and the stream key'),
    RtmpIngestPort: z.int().describe('0 where no worker takes encoders'),
    Playback_url: z.string(),
    Input_info_url: z.string(),
    Job_validation_warnings: z.array(z.string()).describe('doubts about the spec; told by the call that makes the job'),
    Time_created: ApiTime,
    Assigned_worker_id: z.string().describe('empty while it has none'),
    Time_last_worker_report_ms: z.int().describe('Unix time in milliseconds; 0: none'),
    Ingress_bandwidth_kbps: z.number(),
    Transcoding_cpu_utilization: z.number().describe('of one processor core, in percent'),
    Total_bytes_ingested: z.int(),
    Total_up_seconds: z.int().describe('how long workers had it'),
    Total_active_seconds: z.int().describe('how long input arrived'),
  })
  .meta({ id: 'LiveJob' });

const rtmpPort = 1935;
const oneDecimal = (value: number) => Math.round(value * 10) / 10;

export function apiLiveJob(
  job: LiveJobView,
  { publicUrl, warnings = [] }: { publicUrl: string; warnings?: string[] },
): z.input<typeof ApiLiveJob> {
  const { totals } = job;
  return {
    Id: job.id,
    State: ApiLiveJob.shape.State.parse(liveJobWords[job.state]),
    State_reason: job.reason ?? '',
    Spec: job.spec,
    StreamKey: job.streamKey ?? '',
    RtmpIngestUrl: job.rtmpUrl ?? '',
    RtmpIngestPort: job.rtmpUrl === null ? 0 : Number(new URL(job.rtmpUrl).port || rtmpPort),
    Playback_url: job.playbackUrl ?? '',
    Input_info_url: `${publicUrl}/jobs/${job.id}/input-info`,
    Job_validation_warnings: warnings,
    Time_created: apiTime(job.createdAt),
    Assigned_worker_id: job.workerId ?? '',
    Time_last_worker_report_ms: job.reportedAt?.getTime() ?? 0,
    Ingress_bandwidth_kbps: oneDecimal(job.ingressKbps),
    Transcoding_cpu_utilization: oneDecimal(job.encoderCpuPercent),
    Total_bytes_ingested: totals.bytesIngested,
    Total_up_seconds: Math.round(totals.upSeconds),
    Total_active_seconds: Math.round(totals.activeSeconds),
  };
}

/** What ffprobe saw in a live job's input. */
export const ApiJobInput = z
  .object({
    Container: z.string(),
    Video: z
      .object({
        Codec: z.string(),
        Width: z.int(),
        Height: z.int(),
        Framerate: z.number().describe('the rate it is encoded at'),
      })
      .nullable(),
    Audio: z.object({ Codec: z.string(), Channels: z.int(), Sample_rate: z.number() }).nullable(),
  })
  .meta({ id: 'LiveJobInput' });

export function apiJobInput({ container, video, audio }: JobInput): z.input<typeof ApiJobInput> {
  return {
    Container: container,
    Video: video ? { Codec: video.codec, Width: video.width, Height: video.height, Framerate: video.frameRate } : null,
    Audio: audio ? { Codec: audio.codec, Channels: audio.channels, Sample_rate: audio.sampleRate } : null,
  };
}
