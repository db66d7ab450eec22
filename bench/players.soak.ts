import { installDebianPackages } from './debian-packages';
import { letPlay, players, versionOf } from './players/player';
import { PushedStream } from './players/pushed-stream';

/**
 * Players of independent make, as Debian has them, play a live stream and its recording for some seconds without a screen
 * or loudspeakers. Each must decode picture and sound in real time for most of that time, and report no fault of the media.
 * `npm run soak -- players` plays all; words after it choose players by their names.
 */
const packages = [
  ...['ffmpeg', 'vlc-bin', 'vlc-plugin-base', 'mpv', 'gstreamer1.0-tools'],
  ...['gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-bad', 'gstreamer1.0-libav'],
];
/** Of ten seconds; the rest is for the start of the program and the first playlists. */
const playedSecondsMin = 5;

/** What a player cannot do whatever we send it; it is let try, and does not make the soak fail. */
const knownLimits = new Map([
  // GStreamer's dashdemux adds the start of a Period to the time twice, and asks for segments of the far future.
  ['GStreamer playbin, live DASH', 'its dashdemux adds the start of the Period twice'],
]);

const sources = [
  { name: 'live HLS', file: 'index.m3u8', isLive: true },
  { name: 'live DASH', file: 'manifest.mpd', isLive: true },
  { name: 'recorded HLS', file: 'index.m3u8', isLive: false },
  { name: 'recorded DASH', file: 'manifest.mpd', isLive: false },
] as const;

await installDebianPackages(packages);
const words = process.argv.slice(2);
const chosen = players.filter(({ name }) => words.every((word) => name.includes(word)));
const results = new Map(chosen.map((player) => [player, [] as string[]]));
let failures = 0;
{
  await using stream = await PushedStream.start();
  await stream.untilRecorded(20);
  for (const source of sources) {
    if (!source.isLive) {
      await stream.end();
    }
    for (const player of chosen) {
      const { pictureSeconds, soundSeconds, fault, output } = await letPlay(player, stream.url(source.file));
      const isPlayed = Math.min(pictureSeconds, soundSeconds) >= playedSecondsMin && fault === undefined;
      const seconds = `${pictureSeconds.toFixed(1)} s and ${soundSeconds.toFixed(1)} s`;
      const what = `${player.name}, ${source.name}`;
      const limit = isPlayed ? undefined : knownLimits.get(what);
      results.get(player)?.push(isPlayed ? seconds : `not played: ${limit ?? fault ?? seconds}`);
      process.stderr.write(`${what}: ${isPlayed ? 'played' : 'NOT PLAYED'}, ${seconds}\n`);
      if (!isPlayed && limit === undefined) {
        failures += 1;
        process.stderr.write(`${output.slice(-2000)}\n`);
      }
    }
  }
}
process.stdout.write(
  `| player | ${sources.map(({ name }) => name).join(' | ')} |\n|---|${sources.map(() => '---|').join('')}\n`,
);
for (const [player, cells] of results) {
  process.stdout.write(`| ${player.name} ${await versionOf(player)} | ${cells.join(' | ')} |\n`);
}
process.exitCode = failures === 0 ? 0 : 1;
