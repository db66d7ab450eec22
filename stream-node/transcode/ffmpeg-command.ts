import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { usualCodecs } from '../contract/codecs';
import type { Rendition, RenditionId, VideoRendition } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import { acceptedMediaOptions } from './accepted-media';
import type { FfmpegAbilities } from './ffmpeg-abilities';
import { pictureGraph } from './picture-graph';
import { renditionEncoding, renditionFragments, videoEncoding } from './rendition-output';
import { encodedPictures, plannedRenditions, type TranscodePlan } from './transcode-plan';

// Where fluent-ffmpeg builds and spawns what a live stream needs. Every option is given as an array of single tokens: a string with one
// space would be split, one with more would not.

/** The process of a command that runs. */
export function processIdOf(command: ffmpeg.FfmpegCommand): number | undefined {
  const { ffmpegProc } = command as ffmpeg.FfmpegCommand & { ffmpegProc?: ChildProcess };
  return ffmpegProc?.pid;
}

/** How a command differs from the first one of a session. */
export type CommandChanges = {
  /**
   * media time in seconds at which a rendition's output begins; whatever comes before is decoded and cut away. For an ffmpeg
   * that takes the place of one that crashed: the first frame lies exactly there and is a keyframe
   */
  beginAtSeconds?: ReadonlyMap<RenditionId, number>;
  /** of the process; above 0 it makes way for others */
  niceness?: number;
};

/**
 * The command of one session: the source on stdin, one output per rendition. It is not started.
 *
 * @param outputPath where the Unix socket of a rendition listens
 */
export function transcodeCommand(
  input: Readable,
  plan: TranscodePlan,
  abilities: FfmpegAbilities,
  outputPath: (rendition: Rendition) => string,
  { beginAtSeconds = new Map(), niceness = 0 }: CommandChanges = {},
): ffmpeg.FfmpegCommand {
  // Filters see the source's time on the plan's grid: the offset is added by the muxers.
  const beginAt = ({ id }: Rendition) => {
    const mediaSeconds = beginAtSeconds.get(id);
    return mediaSeconds === undefined ? undefined : mediaSeconds - plan.outputOffsetSeconds;
  };
  const command = ffmpeg({ source: input, stdoutLines: 60, niceness }).inputOptions([
    ...['-hide_banner', '-nostats', '-loglevel', 'warning'],
    // Container time is kept as it is: without this ffmpeg moves the earliest track to zero, by another amount each time.
    '-copyts',
    // No '-fflags nobuffer': it throws away what was read while probing, and with it the first keyframe.
    ...['-flags', 'low_delay', ...lookingAhead(plan), '-fpsprobesize', '0'],
    // Decoding on more threads holds back a frame per thread.
    ...['-threads', '1'],
    ...['-itsoffset', (plan.gridShiftSeconds - (plan.timestampBaseSeconds ?? 0)).toFixed(6)],
    ...acceptedMediaOptions(plan.container),
  ]);
  const encoded = encodedPictures(plan);
  if (encoded.length > 0) {
    command.complexFilter(pictureGraph(encoded, beginAt, statesSlot(plan)));
  }
  for (const rendition of plannedRenditions(plan)) {
    command
      .output(`unix:${outputPath(rendition)}`)
      .outputOptions([
        ...renditionEncoding(rendition, plan, abilities, beginAt(rendition)),
        ...renditionFragments(rendition, plan, beginAt(rendition)),
      ]);
  }
  return command;
}

/** Whether the tracks of pictures were made to say that each lasts a slot (last-picture.ts). */
function statesSlot({ container }: TranscodePlan): boolean {
  return container === 'matroska';
}

/**
 * How much ffmpeg reads before it begins. A recorder's first bytes name every track; MPEG-TS only shows them as they come, and
 * half a second of it holds them all.
 */
function lookingAhead({ container }: TranscodePlan): string[] {
  return container === 'mpegts'
    ? ['-probesize', '5000000', '-analyzeduration', '500000']
    : ['-probesize', '32768', '-analyzeduration', '0'];
}

/**
 * Encodes a generated picture into `rungs` as a live stream does, writes nothing, and resolves with the processor time that
 * took, in seconds.
 *
 * @throws Error when ffmpeg fails or does not say
 */
export async function measuringCommand(
  ffmpegPath: string,
  rungs: readonly VideoRendition[],
  frames: number,
): Promise<number> {
  const [first] = rungs;
  if (first === undefined) {
    throw new RangeError('there is nothing to encode');
  }
  const { width, height, frameRate } = first;
  const rate = `${frameRate.numerator}/${frameRate.denominator}`;
  const cut = videoCutPlan('balanced', frameRate);
  const command = ffmpeg({ stdoutLines: 60 })
    .setFfmpegPath(ffmpegPath)
    .input(`testsrc2=size=${width}x${height}:rate=${rate}`)
    .inputOptions(['-hide_banner', '-nostats', '-benchmark', '-f', 'lavfi'])
    .complexFilter(pictureGraph(rungs, () => undefined, false));
  for (const [index, rung] of rungs.entries()) {
    const frameCount = ['-frames:v', String(frames)];
    const encoding = videoEncoding(rung, index, cut, { aacEncoder: 'aac', codecs: usualCodecs });
    command.output('-').outputOptions([...encoding, ...frameCount, '-f', 'null']);
  }
  return await new Promise((resolve, reject) => {
    command.on('error', reject);
    command.on('end', (_stdout, stderr) => {
      const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr ?? '') ?? [];
      const seconds = Number(user) + Number(system);
      if (seconds > 0) {
        resolve(seconds);
      } else {
        reject(new Error('ffmpeg did not say how long it took'));
      }
    });
    command.run();
  });
}

/** How a sheet of small pictures is laid out; sizes in pixels. */
export type SpriteLayout = { columns: number; rows: number; tileWidth: number; tileHeight: number };

/** The command that makes one JPEG of the keyframes in a fragmented MP4 on stdin, row by row. It is not started. */
export function spriteCommand(
  input: Readable,
  { columns, rows, tileWidth, tileHeight }: SpriteLayout,
  path: string,
  niceness: number,
): ffmpeg.FfmpegCommand {
  return ffmpeg({ source: input, stdoutLines: 60, niceness })
    .inputFormat('mp4')
    .inputOptions(['-hide_banner', '-nostats', '-loglevel', 'warning', '-threads', '1', '-skip_frame', 'nokey'])
    .output(path)
    .outputOptions([
      ...['-map', '0:v:0', '-vf', `scale=${tileWidth}:${tileHeight}:flags=fast_bilinear,tile=${columns}x${rows}`],
      // Each keyframe once, however far apart they are.
      ...['-fps_mode', 'passthrough', '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '5', '-threads', '1'],
      ...['-f', 'image2', '-update', '1'],
    ]);
}
