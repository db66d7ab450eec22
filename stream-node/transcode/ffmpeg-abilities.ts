import ffmpeg from 'fluent-ffmpeg';
import { type Codec, usualCodecs } from '../contract/codecs';

/** What the installed ffmpeg can do, as far as it changes a command. */
export type FfmpegAbilities = {
  readonly aacEncoder: 'libfdk_aac' | 'aac';
  /** Of the two that there are: libaom gives each frame back before the next one comes, SVT-AV1 three frames late (1.4). */
  readonly av1Encoder?: 'libaom-av1' | 'libsvtav1';
  /** what it has an encoder for */
  readonly codecs: readonly Codec[];
};

/**
 * Tells fluent-ffmpeg where ffmpeg is and fills its caches. Without this the first command of a process waits for
 * `ffmpeg -formats` and `ffmpeg -encoders` (some 100 ms each), so a node calls it before it listens.
 *
 * @throws Error when ffmpeg cannot be run or lacks libx264 or an AAC encoder
 */
export async function prepareFfmpeg(ffmpegPath: string): Promise<FfmpegAbilities> {
  ffmpeg.setFfmpegPath(ffmpegPath);
  await new Promise<void>((resolve, reject) => {
    ffmpeg.getAvailableFormats((error) => (error ? reject(notRunnable(ffmpegPath, error)) : resolve()));
  });
  const encoders = await new Promise<ffmpeg.Encoders>((resolve, reject) => {
    ffmpeg.getAvailableEncoders((error, found) => (error ? reject(notRunnable(ffmpegPath, error)) : resolve(found)));
  });
  const aacEncoder = 'libfdk_aac' in encoders ? 'libfdk_aac' : 'aac';
  for (const needed of ['libx264', aacEncoder]) {
    if (!(needed in encoders)) {
      throw new Error(`${ffmpegPath} has no ${needed} encoder`);
    }
  }
  return { aacEncoder, ...orderedAbilities((name) => name in encoders) };
}

/** What it has encoders for beside H.264 and AAC, which it must have. */
function orderedAbilities(has: (encoder: string) => boolean): Pick<FfmpegAbilities, 'av1Encoder' | 'codecs'> {
  const av1Encoder = (['libaom-av1', 'libsvtav1'] as const).find(has);
  const others: [Codec, boolean][] = [
    ['h265', has('libx265')],
    ['av1', av1Encoder !== undefined],
    ['opus', has('libopus')],
    ['mp3', has('libmp3lame')],
  ];
  const codecs = [...usualCodecs, ...others.flatMap(([codec, isThere]) => (isThere ? [codec] : []))];
  return { codecs, ...(av1Encoder && { av1Encoder }) };
}

function notRunnable(ffmpegPath: string, cause: Error): Error {
  return new Error(`ffmpeg could not be run: ${ffmpegPath} (${cause.message})`, { cause });
}
