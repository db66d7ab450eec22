import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { newId } from '../contract/ids';
import { type Rendition, stereoAudio, type VideoRendition } from '../contract/ladder';
import { FragmentReader } from '../isobmff/fragment-reader';
import type { Recordings } from '../store/recordings';

const run = promisify(execFile);

export const smallPicture: VideoRendition = {
  kind: 'video',
  id: '90p',
  width: 160,
  height: 90,
  frameRate: { numerator: 30, denominator: 1 },
  bitrate: 150_000,
};

/** Where the picture turns from black to white and the tone begins, in seconds of a take. */
export const takeMarkSeconds = 1;

/** One rendition as a node's ffmpeg gives it: fragments of a second, container time from one second on. */
async function fragments(rendition: Rendition, seconds: number): Promise<Buffer> {
  const source =
    rendition.kind === 'video'
      ? `testsrc2=s=160x90:r=30:d=${seconds},drawbox=c=black:t=fill:enable='lt(t,${takeMarkSeconds})'`
      : `aevalsrc='0.5*sin(2*PI*880*t)*gte(t,${takeMarkSeconds})':s=48000:c=stereo:d=${seconds}`;
  const channels = rendition.kind === 'audio' ? rendition.channels : 0;
  const encoding =
    rendition.kind === 'video'
      ? [
          '-c:v',
          'libx264',
          '-preset',
          'ultrafast',
          '-tune',
          'zerolatency',
          '-profile:v',
          'main',
          '-g',
          '30',
          '-pix_fmt',
          'yuv420p',
        ]
      : ['-c:a', 'aac', '-ac', String(channels), '-b:a', String(rendition.bitrate)];
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', source, ...encoding],
      ...['-movflags', '+empty_moov+default_base_moof+frag_discont+skip_trailer', '-frag_duration', '990000'],
      ...['-avoid_negative_ts', 'disabled', '-output_ts_offset', '1', '-f', 'mp4', 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout;
}

/** Records real media, whose picture and tone change at `takeMarkSeconds`, as a recorder would have. @returns the take's id */
export async function recordRealTake(
  recordings: Recordings,
  streamId: string,
  options: { startedAtMs: number; seconds: number; renditions?: readonly Rendition[] },
): Promise<string> {
  const { startedAtMs, seconds, renditions = [smallPicture, stereoAudio] } = options;
  const takeId = newId('take');
  const header = {
    type: 'take' as const,
    takeId,
    streamId,
    epoch: 1,
    recorderSession: newId('recorderSession'),
    startedAtMs,
  };
  const writer = recordings.createTake(header, (error) => {
    throw error;
  });
  for (const rendition of renditions) {
    const reader = new FragmentReader();
    const found = [...reader.push(await fragments(rendition, seconds))];
    const init = found.find((each) => each.kind === 'init');
    const media = found.filter((each) => each.kind === 'fragment');
    for (const [index, fragment] of media.entries()) {
      if (init === undefined) {
        throw new Error('ffmpeg gave no init section');
      }
      const start = fragment.decodeTimeTicks;
      const end = start + fragment.durationTicks;
      const { timescale, codec } = init.track;
      writer.append({
        ...{ rendition, codec, initBytes: init.bytes, timescale, bytes: fragment.bytes, ticks: { start, end } },
        mediaSequence: index,
        programDateTimeMs: startedAtMs + (start / timescale - 1) * 1000,
        durationSeconds: (end - start) / timescale,
      });
    }
  }
  await recordings.finishTake(writer);
  return takeId;
}
