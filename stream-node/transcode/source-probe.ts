import { execFile } from 'node:child_process';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { SourceContainer } from '../contract/ingest-protocol';
import type { FrameRate } from '../contract/profiles';
import { acceptedMediaOptions } from './accepted-media';
import { ffmpegFailureReason } from './ffmpeg-failure';
import { assumedFrameRate, framesPerSecond, isSaneFrameRate, snapFrameRate } from './frame-rate';
import { probeMatroska } from './matroska-probe';
import type { ProbedSource } from './probed-source';
import { SourceHead } from './source-head';

/** The first bytes are not media that can be read; the message is fit for a broadcaster. */
export class SourceProbeError extends Error {
  override readonly name = 'SourceProbeError';
}

export type ProbeRequest = {
  bytes: Readable;
  container: SourceContainer;
  /** what the publisher announced: more bytes are waited for (in bounds) until it was seen */
  hasVideo: boolean;
  hasAudio: boolean;
  hint?: { frameRate?: FrameRate | undefined };
  ffprobePath: string;
  /** how much is read at most, in bytes */
  bytesMax?: number;
  /** how long more bytes are waited for after the first ones, in milliseconds */
  waitMs?: number;
  /** gives up the wait for the first bytes */
  signal?: AbortSignal;
};

const bytesMaxDefault = 1024 * 1024;
const waitMsDefault = 3000;
const probeTimeoutMs = 5000;
/** Recorders put sound and picture beside each other within less than this: with so much picture alone, the sound comes late. */
const aloneSeconds = 0.25;

/**
 * Reads the head of a source. A recorder's first chunk holds the whole header, so one look mostly suffices; more bytes are
 * waited for only while an announced track is missing, up to 1 MiB or 3 s.
 *
 * @returns what was found, and the stream from its first byte on: read this one, not `request.bytes`
 * @throws SourceProbeError when the bytes end or a bound is reached and no track was found
 */
export async function probeSource(request: ProbeRequest): Promise<{ probed: ProbedSource; bytes: Readable }> {
  const head = new SourceHead(request.bytes);
  const stop = new AbortController();
  const giveUp = () => stop.abort();
  request.signal?.addEventListener('abort', giveUp);
  let deadline: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      const grew = await head.grow(stop.signal);
      deadline ??= setTimeout(giveUp, request.waitMs ?? waitMsDefault);
      const bytes = head.bytes();
      if (bytes.byteLength === 0) {
        throw new SourceProbeError('the source ended before any media');
      }
      const last = !grew || bytes.byteLength >= (request.bytesMax ?? bytesMaxDefault);
      const { probed, stderr } = await look(bytes, request);
      const hasTracks = (probed.video || !request.hasVideo) && (probed.audio || !request.hasAudio);
      const complete = hasTracks && isSoundPlaced(probed);
      if ((probed.video || probed.audio) && (complete || last)) {
        return { probed, bytes: head.whole() };
      }
      if (last) {
        throw new SourceProbeError(ffmpegFailureReason(stderr.split('\n')));
      }
    }
  } finally {
    clearTimeout(deadline);
    request.signal?.removeEventListener('abort', giveUp);
  }
}

/** One look; ffprobe is asked only for what is not found without it. */
async function look(bytes: Buffer, request: ProbeRequest): Promise<{ probed: ProbedSource; stderr: string }> {
  const found = request.container === 'matroska' ? probeMatroska(bytes, request.hint) : null;
  const hasTracks = (found?.video || !request.hasVideo) && (found?.audio || !request.hasAudio);
  if (found !== null && hasTracks && isSoundPlaced(found)) {
    return { probed: found, stderr: '' };
  }
  const { answer, stderr } = await runProbe(bytes, request);
  return { probed: readAnswer(answer, request.hint?.frameRate), stderr };
}

/** Whether it can be told if the sound begins with the picture. */
function isSoundPlaced({ video, audio }: ProbedSource): boolean {
  if (video === undefined || audio === undefined || audio.startSeconds !== undefined) {
    return true;
  }
  return Math.max(...video.frameSeconds) - Math.min(...video.frameSeconds) >= aloneSeconds;
}

const FfprobeStream = z.object({
  index: z.number().optional(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  pix_fmt: z.string().optional(),
  field_order: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  r_frame_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  channels: z.number().optional(),
  sample_rate: z.coerce.number().optional(),
  tags: z.object({ rotate: z.coerce.number().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});
type FfprobeStream = z.infer<typeof FfprobeStream>;
const FfprobePacket = z.object({ stream_index: z.number(), pts_time: z.coerce.number().optional() });
const FfprobeAnswer = z.object({
  streams: z.array(FfprobeStream).default([]),
  packets: z.array(FfprobePacket).default([]),
});
type FfprobeAnswer = z.infer<typeof FfprobeAnswer>;

/** Among so many packets are frames enough to tell where on the grid of their rate they lie. */
const packetsRead = 64;
const shownEntries = [
  'packet=stream_index,pts_time',
  'stream=index,codec_type,codec_name,width,height,r_frame_rate,avg_frame_rate,channels,sample_rate',
  'stream=pix_fmt,field_order,sample_aspect_ratio',
  'stream_tags=rotate',
  'stream_side_data=rotation',
].join(':');

/** One look by ffprobe; bytes that it cannot read are an empty answer, not an error: more of them may come. */
async function runProbe(bytes: Buffer, request: ProbeRequest): Promise<{ answer: FfprobeAnswer; stderr: string }> {
  const args = [
    ...['-v', 'error', '-analyzeduration', '0', '-probesize', String(request.bytesMax ?? bytesMaxDefault)],
    ...acceptedMediaOptions(request.container),
    ...['-i', 'pipe:0', '-read_intervals', `%+#${packetsRead}`, '-show_entries', shownEntries, '-of', 'json'],
  ];
  return await new Promise((resolve, reject) => {
    const child = execFile(
      request.ffprobePath,
      args,
      { timeout: probeTimeoutMs, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 },
      (error, stdout, stderr) => {
        if (error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) {
          reject(new Error(`ffprobe could not be started: ${request.ffprobePath} (${error.code})`, { cause: error }));
          return;
        }
        resolve({ answer: parseAnswer(stdout), stderr });
      },
    );
    // ffprobe stops reading as soon as it knows enough: the broken pipe is no fault.
    child.stdin?.on('error', () => {});
    child.stdin?.end(bytes);
  });
}

function parseAnswer(stdout: string): FfprobeAnswer {
  try {
    return FfprobeAnswer.parse(JSON.parse(stdout));
  } catch {
    return { streams: [], packets: [] };
  }
}

function readAnswer({ streams, packets }: FfprobeAnswer, hint: FrameRate | undefined): ProbedSource {
  const probed: ProbedSource = {};
  const video = streams.find((stream) => stream.codec_type === 'video');
  if (video?.codec_name && video.width && video.height) {
    const sides = { width: video.width, height: video.height };
    const shown = isTurned(video) ? { width: sides.height, height: sides.width } : sides;
    const frames = packets.filter((packet) => packet.stream_index === video.index);
    probed.video = {
      codec: video.codec_name,
      ...shown,
      frameRate: chooseFrameRate(video, hint),
      frameSeconds: frames.flatMap(({ pts_time: seconds }) => seconds ?? []),
      isPlain: isPlain(video),
    };
  }
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  if (audio?.codec_name && audio.channels && audio.sample_rate) {
    const first = packets.find((packet) => packet.stream_index === audio.index && packet.pts_time !== undefined);
    probed.audio = {
      codec: audio.codec_name,
      channels: audio.channels,
      sampleRate: audio.sample_rate,
      ...(first?.pts_time !== undefined && { startSeconds: first.pts_time }),
    };
  }
  return probed;
}

function isPlain(video: FfprobeStream): boolean {
  const { pix_fmt: format, field_order: order = 'unknown', sample_aspect_ratio: ratio = '1:1' } = video;
  const isUpright = video.side_data_list === undefined && video.tags?.rotate === undefined;
  return format === 'yuv420p' && ['unknown', 'progressive'].includes(order) && ratio === '1:1' && isUpright;
}

function isTurned(video: FfprobeStream): boolean {
  const rotation =
    video.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? video.tags?.rotate ?? 0;
  return Math.abs(Math.round(rotation / 90)) % 2 === 1;
}

/**
 * The publisher knows its camera better than a container that often names no rate. ffprobe then guesses one from a few
 * frames (25 for a camera of 30, measured): only where its two figures agree did the container say so.
 */
function chooseFrameRate(video: FfprobeStream, hint: FrameRate | undefined): FrameRate {
  if (hint && isSaneFrameRate(framesPerSecond(hint))) {
    return snapFrameRate(framesPerSecond(hint));
  }
  const named = fractionOf(video.r_frame_rate);
  const agreed = Math.abs(named - fractionOf(video.avg_frame_rate)) < 0.01 * named;
  return agreed && isSaneFrameRate(named) ? snapFrameRate(named) : assumedFrameRate;
}

function fractionOf(text: string | undefined): number {
  const [numerator, denominator] = (text ?? '').split('/').map(Number);
  return (numerator ?? Number.NaN) / (denominator ?? Number.NaN);
}
