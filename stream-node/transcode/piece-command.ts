import { access, rm } from 'node:fs/promises';
import ffmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { audioSampleRate } from '../contract/profiles';
import type { PieceContainer, PieceFacts } from '../ingest/pieces/piece-facts';
import { segmentBaseSeconds } from '../ingest/pieces/pieces-source';
import { acceptedPieceOptions } from './accepted-media';
import type { FfmpegAbilities } from './ffmpeg-abilities';
import { ffmpegFailureReason } from './ffmpeg-failure';
import { assumedFrameRate } from './frame-rate';
import type { PiecePlan } from './piece-plan';

/** A piece could not be made into a segment; the message is fit for its broadcaster. */
export class PieceEncodeError extends Error {
  override readonly name = 'PieceEncodeError';
}

export type PieceJob = {
  readonly path: string;
  readonly container: PieceContainer;
  readonly facts: PieceFacts;
  readonly plan: PiecePlan;
  /** a file with the last picture of the segment before, where the plan holds it */
  readonly lastPicture: string | null;
  readonly abilities: FfmpegAbilities;
  /** of the segment, which is made anew */
  readonly output: string;
};

/** A piece is read from a file: ffmpeg that takes longer than this for 30 s of media is stuck, in milliseconds. */
const jobTimeoutMs = 180_000;
const longerSideMax = 1920;

/**
 * Makes a piece into an MPEG-TS segment on the stream's timeline (timestamps begin at {@link segmentBaseSeconds}).
 *
 * @throws PieceEncodeError when ffmpeg cannot
 */
export async function makeSegment(job: PieceJob): Promise<void> {
  const command = ffmpeg()
    .input(job.path)
    // Times are the file's own, counted from the origin.
    .inputOptions([
      ...[
        '-hide_banner',
        '-nostats',
        '-loglevel',
        'warning',
        '-copyts',
        '-itsoffset',
        (-job.plan.originSeconds).toFixed(6),
      ],
      ...acceptedPieceOptions(job.container),
    ]);
  const graph = [...pictureGraph(command, job), ...soundGraph(job)];
  if (graph.length > 0) {
    command.complexFilter(graph);
  }
  command.outputOptions([...pictureOptions(job), ...soundOptions(job), ...intoSegment(job.plan.startSeconds)]);
  await run(command, job.output);
}

/** The last picture of a segment as a file, or null where it has none. */
export async function lastPictureOf(segmentPath: string, output: string): Promise<string | null> {
  // The seek is by bytes, and may land after the last keyframe: then the whole segment is read.
  for (const seek of [['-sseof', '-2'], []]) {
    const command = ffmpeg()
      .input(segmentPath)
      .inputOptions(['-hide_banner', '-nostats', '-loglevel', 'error', ...seek, ...acceptedPieceOptions('mpegts')])
      .outputOptions(['-map', '0:v:0', '-update', '1', '-c:v', 'png', '-f', 'image2']);
    if (await isMade(command, output)) {
      return output;
    }
    await rm(output, { force: true });
  }
  return null;
}

async function isMade(command: FfmpegCommand, output: string): Promise<boolean> {
  try {
    await run(command, output);
    await access(output);
    return true;
  } catch {
    return false;
  }
}

function pictureOptions({ facts, plan }: PieceJob): string[] {
  switch (plan.picture) {
    case 'none':
      return [];
    case 'copy':
      return ['-map', '0:v:0', '-c:v', 'copy'];
    case 'encode': {
      const { numerator, denominator } = facts.video?.frameRate ?? assumedFrameRate;
      const gopFrames = Math.round((2 * numerator) / denominator);
      return [
        ...['-map', '[v]', '-c:v', 'libx264', '-preset', 'superfast', '-profile:v', 'main', '-crf', '21', '-bf', '0'],
        ...['-maxrate', '6000k', '-bufsize', '6000k', '-g', String(gopFrames), '-sc_threshold', '0'],
      ];
    }
    default:
      return plan.picture satisfies never;
  }
}

function soundOptions({ plan, abilities }: PieceJob): string[] {
  // Frames that begin before are left out: decoding needs none of them.
  const heard = ['-bsf:a', `noise=drop=lt(pts*tb\\,${plan.soundFromSeconds.toFixed(6)})`];
  switch (plan.sound) {
    case 'none':
      return [];
    case 'copy':
      return ['-map', '0:a:0', '-c:a', 'copy', ...heard];
    case 'encode':
      return ['-map', '[a]', '-c:a', abilities.aacEncoder, '-b:a', '128k', ...heard];
    default:
      return plan.sound satisfies never;
  }
}

/** The piece laid over the last picture before it: that one is seen wherever the piece has none. */
function pictureGraph(command: FfmpegCommand, { facts, plan, lastPicture }: PieceJob): string[] {
  const { video } = facts;
  const holds = plan.holdsLastPicture ? lastPicture : null;
  const { numerator, denominator } = video?.frameRate ?? assumedFrameRate;
  const rate = `${numerator}/${denominator}`;
  const length = plan.durationSeconds.toFixed(6);
  if (plan.picture !== 'encode') {
    return [];
  }
  if (holds !== null) {
    command
      .input(holds)
      .inputOptions([
        ...['-protocol_whitelist', 'file', '-codec_whitelist', 'png', '-f', 'image2', '-loop', '1'],
        ...['-framerate', rate, '-t', length],
      ]);
  }
  const size = video === undefined ? 'scale=trunc(iw/2)*2:trunc(ih/2)*2' : `scale=${sidesOf(video).join(':')}`;
  const shape = `${size}:flags=fast_bilinear,format=yuv420p,setsar=1`;
  if (video === undefined) {
    return holds === null ? [] : [`[1:v]${shape},trim=end=${length}[v]`];
  }
  if (holds === null) {
    return [`[0:v:0]fps=${rate}:start_time=0:round=near,${shape},tpad=stop=-1:stop_mode=clone,trim=end=${length}[v]`];
  }
  return [
    `[1:v]${shape},settb=1/90000[held]`,
    `[0:v:0]fps=${rate}:round=near,${shape},settb=1/90000[shown]`,
    `[held][shown]overlay=eof_action=repeat,fps=${rate},format=yuv420p,trim=end=${length}[v]`,
  ];
}

/** Even sides, as 4:2:0 asks, and no more than full HD. */
function sidesOf({ width, height }: { width: number; height: number }): [number, number] {
  const scale = Math.min(1, longerSideMax / Math.max(width, height));
  const even = (pixels: number) => Math.max(2, Math.round((pixels * scale) / 2) * 2);
  return [even(width), even(height)];
}

function soundGraph({ facts, plan }: PieceJob): string[] {
  const length = plan.durationSeconds.toFixed(6);
  if (plan.sound !== 'encode') {
    return [];
  }
  if (facts.audio === undefined) {
    return [`anullsrc=r=${audioSampleRate}:cl=stereo,atrim=end=${length}[a]`];
  }
  const filled = `aresample=${audioSampleRate}:async=1:first_pts=0:min_hard_comp=0.02`;
  return [`[0:a:0]atrim=start=0,${filled},aformat=channel_layouts=stereo,apad,atrim=end=${length}[a]`];
}

function intoSegment(startSeconds: number): string[] {
  const offsetSeconds = segmentBaseSeconds + startSeconds;
  return [
    ...['-map_metadata', '-1', '-avoid_negative_ts', 'disabled', '-output_ts_offset', offsetSeconds.toFixed(6)],
    ...['-muxdelay', '0', '-muxpreload', '0', '-mpegts_flags', '+initial_discontinuity', '-f', 'mpegts'],
  ];
}

async function run(command: FfmpegCommand, output: string): Promise<void> {
  const stderr: string[] = [];
  const timer = setTimeout(() => command.kill('SIGKILL'), jobTimeoutMs);
  try {
    await new Promise<void>((resolve, reject) => {
      command.on('stderr', (line: string) => stderr.push(line));
      command.on('end', () => resolve());
      command.on('error', (error) => {
        const message = ffmpegFailureReason(stderr.length > 0 ? stderr.slice(-40) : [error.message]);
        reject(new PieceEncodeError(message, { cause: error }));
      });
      command.output(output).run();
    });
  } finally {
    clearTimeout(timer);
  }
}
