import { execFile } from 'node:child_process';
import { z } from 'zod';
import type { PieceContainer, PieceFacts } from '../ingest/pieces/piece-facts';
import { acceptedPieceOptions } from './accepted-media';
import { ffmpegFailureReason } from './ffmpeg-failure';
import { assumedFrameRate, isSaneFrameRate, snapFrameRate } from './frame-rate';

/** A file is no piece of a broadcast; the message is fit for its broadcaster. */
export class PieceProbeError extends Error {
  override readonly name = 'PieceProbeError';
}

const probeTimeoutMs = 20_000;
/** The packets of 30 s of 60 frames a second and sound in short frames, several times over. */
const answerBytesMax = 8 * 1024 * 1024;

const ProbedStream = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().default('unknown'),
  profile: z.string().default(''),
  pix_fmt: z.string().default(''),
  width: z.number().optional(),
  height: z.number().optional(),
  avg_frame_rate: z.string().optional(),
  channels: z.number().optional(),
  sample_rate: z.coerce.number().optional(),
  extradata_hash: z.string().default(''),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
  disposition: z.object({ attached_pic: z.number().default(0) }).optional(),
});
type ProbedStream = z.infer<typeof ProbedStream>;
const ProbedPacket = z.object({
  stream_index: z.number(),
  pts_time: z.coerce.number().optional(),
  duration_time: z.coerce.number().default(0),
  flags: z.string().default(''),
});
type ProbedPacket = z.infer<typeof ProbedPacket>;
const ProbeAnswer = z.object({
  streams: z.array(ProbedStream).default([]),
  packets: z.array(ProbedPacket).default([]),
});

const shownEntries = [
  'packet=stream_index,pts_time,duration_time,flags',
  'stream=index,codec_type,codec_name,profile,pix_fmt,width,height,avg_frame_rate,channels,sample_rate,extradata_hash',
  'stream_side_data=rotation',
  'stream_disposition=attached_pic',
].join(':');

/**
 * Reads a whole piece, packet by packet: what a head says of its length is not believed.
 *
 * @throws PieceProbeError when it is not media, or not all of it is there
 */
export async function probePiece(path: string, container: PieceContainer, ffprobePath: string): Promise<PieceFacts> {
  const { stdout, stderr } = await runProbe(path, container, ffprobePath);
  if (/partial file|File ended prematurely|moov atom not found/i.test(stderr)) {
    throw new PieceProbeError('the file is cut off');
  }
  const parsed = ProbeAnswer.safeParse(parseJson(stdout));
  const { streams, packets } = parsed.success ? parsed.data : { streams: [], packets: [] };
  const facts = factsOf(streams, packets);
  if (facts.video === undefined && facts.audio === undefined) {
    throw new PieceProbeError(ffmpegFailureReason(stderr.split('\n')));
  }
  return facts;
}

async function runProbe(path: string, container: PieceContainer, ffprobePath: string) {
  const args = [
    ...['-v', 'error', ...acceptedPieceOptions(container), '-i', path],
    ...['-show_data_hash', 'md5', '-show_entries', shownEntries, '-of', 'json'],
  ];
  return await new Promise<{ stdout: string; stderr: string }>((resolve, reject) => {
    const options = { timeout: probeTimeoutMs, killSignal: 'SIGKILL', maxBuffer: answerBytesMax } as const;
    execFile(ffprobePath, args, options, (error, stdout, stderr) => {
      if (error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) {
        reject(new Error(`ffprobe could not be started: ${ffprobePath} (${error.code})`, { cause: error }));
        return;
      }
      resolve({ stdout, stderr });
    });
  });
}

function factsOf(streams: readonly ProbedStream[], packets: readonly ProbedPacket[]): PieceFacts {
  const video = streams.find(({ codec_type: type, disposition }) => type === 'video' && !disposition?.attached_pic);
  const audio = streams.find(({ codec_type: type }) => type === 'audio');
  const pictures = video && spanOf(packets, video.index);
  const sounds = audio && spanOf(packets, audio.index);
  return {
    ...(video?.width && video.height && pictures && { video: pictureFacts(video, pictures) }),
    ...(audio?.channels && audio.sample_rate && sounds && { audio: soundFacts(audio, sounds) }),
  };
}

type Span = ReturnType<typeof spanOf> & object;

/** What of a track is presented; a packet marked `D` is decoded and not shown. */
function spanOf(packets: readonly ProbedPacket[], index: number) {
  const own = packets.filter((packet) => packet.stream_index === index && packet.pts_time !== undefined);
  const shown = own.filter(({ flags }) => !flags.includes('D'));
  const [first] = shown;
  if (first === undefined) {
    return undefined;
  }
  let startSeconds = Number.POSITIVE_INFINITY;
  let endSeconds = Number.NEGATIVE_INFINITY;
  for (const { pts_time: seconds = 0, duration_time: lasts } of shown) {
    startSeconds = Math.min(startSeconds, seconds);
    endSeconds = Math.max(endSeconds, seconds + lasts);
  }
  return { startSeconds, endSeconds, count: shown.length, hasHidden: own.length > shown.length, first };
}

function pictureFacts(stream: ProbedStream, span: Span): NonNullable<PieceFacts['video']> {
  const rotation = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  const isTurned = Math.round(rotation / 90) % 4 !== 0;
  const isSideways = Math.abs(Math.round(rotation / 90)) % 2 === 1;
  const { width = 0, height = 0 } = stream;
  const [numerator = 0, denominator = 0] = (stream.avg_frame_rate ?? '').split('/').map(Number);
  const named = numerator / denominator;
  const counted = span.count / Math.max(span.endSeconds - span.startSeconds, 0.001);
  const fps = [named, counted].find(isSaneFrameRate);
  const frameRate = fps === undefined ? assumedFrameRate : snapFrameRate(fps);
  const { startSeconds, endSeconds } = span;
  return {
    ...{ codec: stream.codec_name, profile: stream.profile, pixelFormat: stream.pix_fmt },
    ...{ width: isSideways ? height : width, height: isSideways ? width : height, isTurned, frameRate },
    // Matroska and MPEG-TS name no length for their last frame.
    ...{ startSeconds, endSeconds: endSeconds + (span.first.duration_time === 0 ? 1 / (fps ?? 30) : 0) },
    ...{ startsWithKeyframe: span.first.flags.includes('K'), hasHiddenFrames: span.hasHidden },
    configuration: `${width}x${height} ${stream.extradata_hash}`,
  };
}

function soundFacts(stream: ProbedStream, span: Span): NonNullable<PieceFacts['audio']> {
  return {
    ...{ codec: stream.codec_name, profile: stream.profile },
    ...{ channels: stream.channels ?? 0, sampleRate: stream.sample_rate ?? 0 },
    ...{ startSeconds: span.startSeconds, endSeconds: span.endSeconds, hasPriming: span.hasHidden },
    configuration: `${stream.channels} ${stream.sample_rate} ${stream.extradata_hash}`,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
