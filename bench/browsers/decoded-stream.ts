import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchRuns } from '../../stream-node/testing/recorded-runs';

const run = promisify(execFile);

/** What a decoder made of all that was recorded of a stream. */
export type DecodedStream = {
  pictureSeconds: number;
  soundSeconds: number;
  /** a booth whose recorder cannot keep up begins another one */
  recorderSessions: number;
};

/**
 * Decodes the recording of a picture and of a sound from the first to the last segment, each recorder session by itself.
 *
 * @param playlists the recorded media playlists of both
 * @throws Error in ffmpeg's words when a frame cannot be decoded
 */
export async function decodeStream(playlists: { video: string; audio: string }): Promise<DecodedStream> {
  const pictures = await fetchRuns(playlists.video);
  const sounds = await fetchRuns(playlists.audio);
  return {
    pictureSeconds: await secondsOf(pictures),
    soundSeconds: await secondsOf(sounds),
    recorderSessions: pictures.length,
  };
}

async function secondsOf(runs: readonly { mp4: Buffer }[]): Promise<number> {
  let seconds = 0;
  for (const { mp4 } of runs) {
    seconds += await decodedSeconds(mp4);
  }
  return seconds;
}

async function decodedSeconds(mp4: Buffer): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-decoded-'));
  try {
    const path = join(folder, 'media.mp4');
    await writeFile(path, mp4);
    const args = ['-v', 'error', '-xerror', '-i', path, '-f', 'framecrc', '-'];
    const { stdout } = await run('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 });
    const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)/m.exec(stdout) ?? [];
    // stream, dts, pts, duration, size, checksum: one line for each decoded frame
    const ticks = [...stdout.matchAll(/^0, +-?\d+, +-?\d+, +(\d+),/gm)].reduce(
      (sum, [, each]) => sum + Number(each),
      0,
    );
    return (ticks * Number(numerator)) / Number(denominator);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
