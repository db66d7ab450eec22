import ffmpeg from 'fluent-ffmpeg';
import { ffmpegFailureReason } from './ffmpeg-failure';

// What is made of recordings: here too every option is a single token, and fluent-ffmpeg builds and spawns.

/** Bytes `start` up to, but without, `end` of a file in the command's folder. */
export type FileSpan = { readonly file: string; readonly start: number; readonly end: number };

type Run = { folder: string; signal: AbortSignal };

/** Live encoding goes first. */
const niceness = 15;
const quiet = ['-hide_banner', '-nostats', '-loglevel', 'warning'];

/** One input made of stretches of files, read where they lie. The names have no character that ffmpeg would read as its own. */
function spansUrl(spans: readonly FileSpan[]): string {
  return `concat:${spans.map(({ file, start, end }) => `subfile,,start,${start},end,${end},,:${file}`).join('|')}`;
}

/**
 * Joins tracks, each of the same take, into one progressive MP4 with its index in front. Nothing is encoded: samples and their
 * distances stay as they are, and the earliest of them begins at zero.
 *
 * @throws Error with the last words of ffmpeg
 */
export async function copyTracks(tracks: readonly (readonly FileSpan[])[], output: string, run: Run): Promise<void> {
  const command = newCommand(run);
  for (const spans of tracks) {
    // Without -copyts each input would be moved to zero by itself, and sound and picture against each other.
    command.input(spansUrl(spans)).inputOptions(['-copyts', '-f', 'mp4']);
  }
  command.outputOptions([...tracks.flatMap((_, index) => ['-map', `${index}:0`]), ...progressive]).output(output);
  await runToEnd(command, run.signal);
}

const progressive = [
  ...['-c', 'copy', '-copyts', '-avoid_negative_ts', 'make_zero', '-map_metadata', '-1'],
  ...['-movflags', '+faststart', '-f', 'mp4'],
];

/**
 * Puts MP4 files with the same tracks one after the other.
 *
 * @param list a file in ffmpeg's own form that names them, in the folder
 * @throws Error with the last words of ffmpeg
 */
export async function joinFiles(list: string, output: string, run: Run): Promise<void> {
  const command = newCommand(run).input(list).inputOptions(['-f', 'concat', '-safe', '1']);
  command.outputOptions(['-map', '0', ...progressive]).output(output);
  await runToEnd(command, run.signal);
}

/**
 * The most telling of the first keyframes, as a JPEG. Frames that are all one colour lose against any other.
 *
 * @param width the most it may be wide, in pixels
 * @param quality ffmpeg's scale, from 2 (best) to 31
 * @throws Error with the last words of ffmpeg
 */
export async function takeStill(
  spans: readonly FileSpan[],
  output: string,
  { width, quality }: { width: number; quality: number },
  run: Run,
): Promise<void> {
  const command = newCommand(run).input(spansUrl(spans)).inputOptions(['-skip_frame', 'nokey', '-f', 'mp4']);
  command
    .outputOptions([
      ...['-map', '0:0', '-vf', `thumbnail=n=50,scale=w='min(iw,${width})':h=-2,format=yuvj420p`],
      ...[
        '-frames:v',
        '1',
        '-q:v',
        String(quality),
        '-map_metadata',
        '-1',
        '-f',
        'image2',
        '-c:v',
        'mjpeg',
        '-update',
        '1',
      ],
    ])
    .output(output);
  await runToEnd(command, run.signal);
}

function newCommand({ folder }: Run): ffmpeg.FfmpegCommand {
  return ffmpeg({ stdoutLines: 40, niceness, cwd: folder }).addOptions([...quiet, '-y']);
}

async function runToEnd(command: ffmpeg.FfmpegCommand, signal: AbortSignal): Promise<void> {
  const lines: string[] = [];
  const kill = () => command.kill('SIGKILL');
  try {
    await new Promise<void>((resolve, reject) => {
      command.on('start', () => (signal.aborted ? kill() : signal.addEventListener('abort', kill)));
      command.on('stderr', (line: string) => lines.push(line));
      command.on('end', () => resolve());
      command.on('error', (error: Error) => {
        const isStopped = signal.aborted;
        reject(
          new Error(isStopped ? 'it was stopped' : ffmpegFailureReason(lines.length > 0 ? lines : [error.message])),
        );
      });
      command.run();
    });
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
