import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long each player is let play, in seconds of the clock, its start included. */
export const playSeconds = 10;

/** What a player has decoded and shown in its own time. */
export type Played = { pictureSeconds: number; soundSeconds: number };

/** A player of independent make: how it is started, and how what it played is read off what it leaves behind. */
export type Player = {
  name: string;
  version: string[];
  /** @param folder an empty folder of its own, which anybody may write in */
  command: (url: string, folder: string) => string[];
  played: (output: string, folder: string) => Promise<Played>;
  /** what it prints of media that it could not read or decode */
  fault: RegExp;
};

const stopped = (...command: string[]) => ['timeout', '-s', 'INT', '-k', '5', String(playSeconds), ...command];

const ffmpeg: Player = {
  name: 'ffmpeg',
  version: ['ffmpeg', '-version'],
  // `-re` plays in real time; without it ffmpeg would read the window and stop before it has met the live edge.
  command: (url) => [
    ...['ffmpeg', '-nostdin', '-hide_banner', '-re', '-i', url, '-map', '0:v:0', '-map', '0:a:0'],
    ...['-t', String(playSeconds - 1), '-f', 'framecrc', '-'],
  ],
  played: async (output) => {
    // stream, dts, pts, duration, size, checksum: one line for each decoded frame
    const timeBases = new Map(
      [...output.matchAll(/^#tb (\d): (\d+)\/(\d+)/gm)].map(([, id, n, d]) => [id, Number(n) / Number(d)]),
    );
    const seconds = (id: string) => {
      const durations = [...output.matchAll(new RegExp(`^${id}, +-?\\d+, +-?\\d+, +(\\d+),`, 'gm'))];
      return durations.reduce((sum, [, ticks]) => sum + Number(ticks) * (timeBases.get(id) ?? 0), 0);
    };
    return { pictureSeconds: seconds('0'), soundSeconds: seconds('1') };
  },
  fault: /Error while decoding|error while decoding|Invalid data|Failed to (open|reload)|HTTP error/,
};

const mpv: Player = {
  name: 'mpv',
  version: ['mpv', '--version'],
  command: (url, folder) =>
    stopped(
      ...['mpv', '--no-config', '--vo=null', '--ao=null', `--script=${folder}/tell.lua`, '--msg-level=ffmpeg=v'],
      url,
    ),
  played: async (output) => {
    const told = [...output.matchAll(/AT ([\d.]+) SOUND ([\d.]+)/g)];
    const span = (index: 1 | 2) => Number(told.at(-1)?.[index] ?? 0) - Number(told[0]?.[index] ?? 0);
    return { pictureSeconds: span(1), soundSeconds: span(2) };
  },
  fault: /Error decoding|error while decoding|Failed to (recognize|open) file|HTTP error/,
};

/** mpv tells where its playhead and its sound are, four times a second. */
const tellingScript = `mp.add_periodic_timer(0.25, function()
  local at, sound = mp.get_property_number("time-pos"), mp.get_property_number("audio-pts")
  if at and sound then print(string.format("AT %.3f SOUND %.3f", at, sound)) end
end)
`;

const gstreamer: Player = {
  name: 'GStreamer playbin',
  version: ['gst-launch-1.0', '--version'],
  command: (url) =>
    stopped(
      ...['gst-launch-1.0', '-v', 'playbin', `uri=${url}`],
      'video-sink=fakesink name=picture silent=false sync=true',
      'audio-sink=fakesink name=sound silent=false sync=true',
    ),
  played: async (output) => ({
    pictureSeconds: sinkSeconds(output, 'picture'),
    soundSeconds: sinkSeconds(output, 'sound'),
  }),
  fault: /^ERROR: from element(?!.*Internal data stream error)|Could not decode/m,
};

/** From the first to the last buffer that a sink let through, by their own times. */
function sinkSeconds(output: string, sink: string): number {
  const times = [
    ...output.matchAll(new RegExp(`${sink}: last-message = chain.*pts: (\\d+):(\\d+):([\\d.]+)`, 'g')),
  ].map(([, hours, minutes, seconds]) => Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

/** Frames are written one in so many, at 30 a second. */
const sceneRatio = 15;

const vlc: Player = {
  name: 'VLC',
  version: ['setpriv', '--reuid=65534', '--clear-groups', 'cvlc', '--version'],
  // As another user, for it refuses to be root. What it shows and sounds goes into files.
  command: (url, folder) =>
    stopped(
      ...['setpriv', '--reuid=65534', '--clear-groups', 'env', `HOME=${folder}`, 'cvlc', '-vv', '--no-osd'],
      ...['--vout=vdummy', '--video-filter=scene', `--scene-path=${folder}`, '--scene-prefix=shown'],
      ...['--scene-format=jpg', `--scene-ratio=${sceneRatio}`, '--aout=afile', `--audiofile-file=${folder}/heard.wav`],
      ...[url, 'vlc://quit'],
    ),
  played: async (_output, folder) => {
    const shown = (await readdir(folder)).filter((name) => name.startsWith('shown')).length;
    const heard = join(folder, 'heard.wav');
    const header = await readFile(heard).then(
      (file) => file.subarray(0, 44),
      () => undefined,
    );
    const bytesPerSecond = header?.readUInt32LE(28) ?? 0;
    const heardBytes = header === undefined ? 0 : (await stat(heard)).size - header.byteLength;
    return {
      pictureSeconds: (shown * sceneRatio) / 30,
      soundSeconds: bytesPerSecond === 0 ? 0 : heardBytes / bytesPerSecond,
    };
  },
  fault: /cannot decode|Failed to (open|reload)|HTTP\/1\.1 [45]\d\d/,
};

export const players: readonly Player[] = [ffmpeg, gstreamer, vlc, mpv];

/** Lets a player play, and tells what it printed and played. */
export async function letPlay(
  player: Player,
  url: string,
): Promise<Played & { output: string; fault: string | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-player-'));
  try {
    await run('chmod', ['777', folder]);
    await writeFile(join(folder, 'tell.lua'), tellingScript, { mode: 0o644 });
    const [program = '', ...args] = player.command(url, folder);
    const output = await run(program, args);
    const fault = player.fault.exec(output)?.[0];
    return { ...(await player.played(output, folder)), output, fault };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The version a player tells of itself. */
export async function versionOf({ version: [program = '', ...args] }: Player): Promise<string> {
  return (
    /version (\d[\d.]*)|\b(\d+\.\d+\.\d+)/
      .exec(await run(program, args))
      ?.slice(1)
      .find(Boolean) ?? 'unknown'
  );
}

/** What a program prints, however it ends: players are stopped in the middle. */
function run(program: string, args: string[]): Promise<string> {
  const options = { timeout: (playSeconds + 30) * 1000, killSignal: 'SIGKILL' as const, maxBuffer: 256 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const reason = error !== null && 'code' in error && error.code === 'ENOENT' ? `${program} is not installed` : '';
      resolve(`${stdout}\n${stderr}\n${reason}`);
    });
  });
}
