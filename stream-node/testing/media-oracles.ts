import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createFile, MP4BoxBuffer } from 'mp4box';
import { FragmentReader, type InitFragment, type MediaFragment } from '../isobmff/fragment-reader';

const run = promisify(execFile);

/** What a reader of independent make says of one track's init section and media. */
export type OracleAnswer = { codec: string; samples: number };

/** What our own reader says. @throws MalformedBox */
export function readWithOurs(media: Buffer): OracleAnswer {
  const reader = new FragmentReader();
  const found: (InitFragment | MediaFragment)[] = reader.push(media);
  reader.end();
  const codec = found.flatMap((each) => (each.kind === 'init' ? [each.track.codec] : []))[0] ?? '';
  const samples = found.reduce((sum, each) => sum + (each.kind === 'fragment' ? each.sampleCount : 0), 0);
  return { codec, samples };
}

/** The same as mp4box.js reads it; its errors are thrown. */
export function readWithMp4box(media: Buffer): OracleAnswer {
  const file = createFile();
  const faults: string[] = [];
  file.onError = (module, message) => faults.push(`${module}: ${message}`);
  const bytes = new Uint8Array(media).buffer;
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(bytes, 0));
  file.flush();
  const { tracks, isFragmented } = file.getInfo();
  const [track] = tracks;
  if (faults.length > 0 || !isFragmented || track === undefined || tracks.length > 1) {
    throw new Error(`mp4box: ${tracks.length} tracks, fragmented ${isFragmented}; ${faults.join('; ')}`);
  }
  return { codec: track.codec, samples: file.getTrackSamplesInfo(track.id).length };
}

/** How many packets ffprobe finds; any word of complaint is thrown. */
export async function readWithFfprobe(media: Buffer): Promise<{ samples: number }> {
  return await withFile(media, async (path) => {
    const entries = ['-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0'];
    const { stdout, stderr } = await run('ffprobe', ['-v', 'warning', '-f', 'mp4', ...entries, path]);
    if (stderr.trim() !== '') {
      throw new Error(`ffprobe: ${stderr.trim()}`);
    }
    return { samples: Number.parseInt(stdout, 10) };
  });
}

const shakaPrograms: Record<string, string> = {
  'linux x64': 'packager-linux-x64',
  'linux arm64': 'packager-linux-arm64',
  'darwin x64': 'packager-osx-x64',
  'darwin arm64': 'packager-osx-arm64',
};

/**
 * The codec string that Shaka Packager finds, which packages all of it on the way. `null` on a platform for which its npm
 * package has no program.
 */
export async function readWithShakaPackager(media: Buffer): Promise<{ codec: string } | null> {
  const name = shakaPrograms[`${platform()} ${arch()}`];
  if (name === undefined) {
    return null;
  }
  const folder = dirname(createRequire(import.meta.url).resolve('shaka-packager/package.json'));
  return await withFile(media, async (path) => {
    const input = `in=${path},stream=0,output=${path}.packaged.mp4`;
    const { stdout } = await run(join(folder, 'bin', name), [input, '--dump_stream_info']);
    return { codec: /codec_string: (\S+)/.exec(stdout)?.[1] ?? '' };
  });
}

async function withFile<Value>(bytes: Buffer, use: (path: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-oracle-'));
  try {
    const path = join(folder, 'media.mp4');
    await writeFile(path, bytes);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
