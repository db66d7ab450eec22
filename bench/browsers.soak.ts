import { request } from '@playwright/test';
import { audioClockErrors, firstRenditions, videoClockErrors } from '../e2e/fixtures/media-clock';
import { OnAir } from '../e2e/fixtures/on-air';
import { type PaintedFrames, paintedFramesExpression } from '../e2e/fixtures/painted-frames';
import { percentile } from '../e2e/fixtures/percentile';
import { signInLocally } from '../e2e/fixtures/sign-in';
import { timeCameraScript } from '../e2e/fixtures/time-camera';
import { trpcClient } from '../e2e/fixtures/trpc-client';
import { ZyzzServer } from '../e2e/fixtures/zyzz-server';
import { decodeStream } from './browsers/decoded-stream';
import { type DrivenBrowser, press, untilTrue } from './browsers/driven-browser';
import { Firefox } from './browsers/firefox';
import { SilentSpeakers } from './browsers/silent-speakers';
import { WebKitGtk } from './browsers/webkit-gtk';
import { installDebianPackages } from './debian-packages';
import { launchBenchBrowser } from './measures/bench-browser';
import { letPlay, type Played, players } from './players/player';

/**
 * The browsers of the system's packages that are no Chromium go live from the booth's page, with a camera and without, and watch
 * what a Chromium sends. What they send must play, with sound and picture of one moment on the event clock.
 * `npm run soak -- browsers` lets all of them; words after it choose by the names of browser and proof.
 */
const packages = [
  ...['firefox-esr', 'xvfb', 'python3-gi', 'gir1.2-webkit2-4.1', 'pulseaudio', 'ffmpeg', 'gstreamer1.0-libav'],
  ...['gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-bad', 'gstreamer1.0-plugins-ugly'],
];
const sentSeconds = 12;
/** Of ten seconds of the clock; the rest is for the start of the player. */
const playedSecondsMin = 5;
const clockErrorMsMax = 100;
const soundDelayMsMax = 80;
const watchedFrames = 200;
const latencyMsMax = 3000;

/** What cannot be shown of a browser here, whatever we ask of it; it is tried, and does not make the soak fail. */
const knownLimits = new Map([
  // In an empty page too; its own camera comes out as it went in.
  ['WebKitGTK, a camera that shows the time', 'frames of a canvas that is a camera turn grey there'],
]);

const starters = { firefox: Firefox.start, webkit: WebKitGtk.start };
type Api = ReturnType<typeof trpcClient>;
type Place = { api: Api; baseUrl: string };

async function poll<Value>(
  what: string,
  read: () => Promise<Value>,
  isThere: (value: Value) => boolean,
): Promise<Value> {
  const giveUpAtMs = Date.now() + 60_000;
  for (;;) {
    const value = await read();
    if (isThere(value)) {
      return value;
    }
    if (Date.now() > giveUpAtMs) {
      throw new Error(`${what} did not come: ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Goes live on the booth's page; resolves when so much is recorded. */
async function goLive(browser: DrivenBrowser, { api, baseUrl }: Place, source: 'Camera' | 'Audio only') {
  const event = await api.events.create.mutate({ name: `${browser.name}, ${source}`, runningNow: true });
  await browser.open(`${baseUrl}/privacy`);
  const body = JSON.stringify({ name: 'Asha Tamang' });
  const headers = { 'content-type': 'application/json' };
  const init = JSON.stringify({ method: 'POST', headers, body });
  await untilTrue(browser, 'the sign-in', `fetch('/api/local-sign-in', ${init}).then(({ ok }) => ok)`);
  await browser.open(`${baseUrl}/event/${event.id}/go-live`);
  await press(browser, source);
  if (source === 'Camera') {
    await untilTrue(browser, 'the preview', `document.querySelector('video')?.videoWidth > 0`);
  }
  await press(browser, 'Go live');
  const stream = await poll(
    'the recording',
    async () => (await api.streams.listForEvent.query({ eventId: event.id, includeEnded: true }))[0],
    (found) => (found?.wholeRecordingSeconds ?? 0) >= sentSeconds,
  );
  if (stream?.state !== 'live') {
    throw new Error(`the stream is ${stream?.state}: ${stream?.reason}`);
  }
  return stream;
}

/** Ends it by the booth's button; resolves when the same browser plays the recording. */
async function endAndReplay(browser: DrivenBrowser, { api, baseUrl }: Place, streamId: string): Promise<void> {
  await press(browser, 'End stream');
  await press(browser, 'End it');
  const view = async () => (await api.streams.get.query({ streamId })).stream;
  await poll('the end', view, ({ state, hasRecording }) => state === 'ended' && hasRecording);
  await browser.open(`${baseUrl}/watch/${streamId}`);
  await untilTrue(browser, 'the recording', `document.querySelector('video')?.currentTime > 3`);
}

const ms = (values: number[]) => `${percentile(values, 0.5).toFixed(0)} ms`;

async function publishByOwnDevices(
  browser: DrivenBrowser,
  place: Place,
  source: 'Camera' | 'Audio only',
): Promise<string> {
  const { id, playback } = await goLive(browser, place, source);
  if (source === 'Audio only') {
    await endAndReplay(browser, place, id);
    return 'live, ends, replays';
  }
  const live = playback?.hls ?? '';
  const played = await playWhileLive(live);
  const { video, audio } = await firstRenditions(live);
  await endAndReplay(browser, place, id);
  const recorded = (playlist: string) => playlist.replace('media.m3u8', 'recording.m3u8');
  const { pictureSeconds, soundSeconds, recorderSessions } = await decodeStream({
    video: recorded(video),
    audio: recorded(audio),
  });
  const told = [
    `${pictureSeconds.toFixed(1)} s of picture and ${soundSeconds.toFixed(1)} s of sound`,
    `decoded (recorder sessions: ${recorderSessions}); ffmpeg played ${seconds(played)} live`,
  ].join(' ');
  // What one recorder session gave, any player plays; behind a discontinuity, where times step back, ffmpeg 5.1 loses a track or both.
  const isPlayed = Math.min(played.pictureSeconds, played.soundSeconds) >= playedSecondsMin;
  if (Math.min(pictureSeconds, soundSeconds) < sentSeconds || (recorderSessions === 1 && !isPlayed)) {
    throw new Error(told);
  }
  return `live, ends, replays: ${told}`;
}

const seconds = ({ pictureSeconds, soundSeconds }: Played) =>
  `${pictureSeconds.toFixed(1)} s and ${soundSeconds.toFixed(1)} s`;

/** Lets ffmpeg play it for ten seconds of the clock. */
async function playWhileLive(url: string): Promise<Played> {
  const ffmpeg = players.find(({ name }) => name === 'ffmpeg');
  if (ffmpeg === undefined) {
    throw new Error('there is no ffmpeg among the players');
  }
  const { fault, ...played } = await letPlay(ffmpeg, url);
  if (fault !== undefined) {
    throw new Error(`ffmpeg played ${seconds(played)}: ${fault}`);
  }
  return played;
}

async function publishTheTime(browser: DrivenBrowser, place: Place): Promise<string> {
  await browser.addScript(timeCameraScript({ width: 320, height: 180 }));
  const { id, playback } = await goLive(browser, place, 'Camera');
  const { video, audio } = await firstRenditions(playback?.hls ?? '');
  const picture = await videoClockErrors(video);
  const sound = await audioClockErrors(audio);
  await endAndReplay(browser, place, id);
  const told = `picture ${ms(picture.errorsMs)}, sound ${ms(sound.errorsMs)} late on the event clock (p50 of ${picture.errorsMs.length} frames and ${sound.errorsMs.length} beeps)`;
  const [pictureMs, soundMs] = [picture, sound].map(({ errorsMs }) => percentile(errorsMs, 0.5));
  if (
    !(Math.abs(pictureMs ?? Number.NaN) < clockErrorMsMax) ||
    !(Math.abs((soundMs ?? Number.NaN) - (pictureMs ?? Number.NaN)) < soundDelayMsMax)
  ) {
    throw new Error(told);
  }
  return told;
}

/** Watches a Chromium's stream on the event's page. */
async function watch(browser: DrivenBrowser, { baseUrl }: Place): Promise<string> {
  const chromium = await launchBenchBrowser();
  try {
    await using onAir = await OnAir.start(chromium, { baseUrl, kind: 'video' });
    await browser.open(`${baseUrl}/event/${onAir.eventId}`);
    await untilTrue(browser, 'the picture', `document.querySelector('video')?.currentTime > 0`);
    await browser.run(
      `(() => { window.stalls = 0; document.querySelector('video').addEventListener('waiting', () => (window.stalls += 1)); })()`,
    );
    const options = { frames: watchedFrames, patienceMs: 60_000 };
    const { frames, unreadable } = await browser.run<PaintedFrames>(paintedFramesExpression(options));
    const stalls = await browser.run<number>('window.stalls');
    const latenciesMs = frames.map(({ paintedMs, shownAtMs }) => shownAtMs - paintedMs);
    const told = `${ms(latenciesMs)} after the camera (p50 of ${frames.length}, ${unreadable} unreadable), ${stalls} stalls`;
    if (percentile(latenciesMs, 0.5) > latencyMsMax) {
      throw new Error(told);
    }
    return told;
  } finally {
    await chromium.close();
  }
}

await installDebianPackages(packages);
const words = process.argv.slice(2);
await using speakers = await SilentSpeakers.start();
await using server = await ZyzzServer.start();
const { baseUrl } = server;
const person = await request.newContext({ baseURL: baseUrl });
await signInLocally(person, 'Bina Rai');
const place: Place = { baseUrl, api: trpcClient(person, baseUrl) };
const proofs = {
  'microphone alone': (browser: DrivenBrowser) => publishByOwnDevices(browser, place, 'Audio only'),
  camera: (browser: DrivenBrowser) => publishByOwnDevices(browser, place, 'Camera'),
  'a camera that shows the time': (browser: DrivenBrowser) => publishTheTime(browser, place),
  watching: (browser: DrivenBrowser) => watch(browser, place),
};
const rows: string[] = [];
let failures = 0;
for (const [name, start] of Object.entries(starters)) {
  const isChosen = (what: string) => words.every((word) => `${name}, ${what}`.includes(word));
  if (!Object.keys(proofs).some(isChosen)) {
    continue;
  }
  await using browser = await start(speakers.environment);
  const cells: string[] = [];
  for (const [what, prove] of Object.entries(proofs)) {
    if (!isChosen(what)) {
      cells.push('not run');
      continue;
    }
    const told = await prove(browser).catch((error: unknown) => {
      const limit = knownLimits.get(`${browser.name.replace(/ [\d.]+$/, '')}, ${what}`);
      if (limit !== undefined) {
        return `not measured: ${limit}`;
      }
      failures += 1;
      process.stderr.write(`${browser.name}, ${what}: ${error instanceof Error ? error.stack : error}\n`);
      return 'FAILS';
    });
    process.stderr.write(`${browser.name}, ${what}: ${told}\n`);
    cells.push(told);
  }
  rows.push(`| ${browser.name} | ${cells.join(' | ')} |`);
}
await person.dispose();
const heads = Object.keys(proofs);
process.stdout.write(
  `| browser | ${heads.join(' | ')} |\n|---|${heads.map(() => '---|').join('')}\n${rows.join('\n')}\n`,
);
process.exitCode = failures === 0 ? 0 : 1;
