import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../stream-node/contract/ids';
import { commentaryAudio, planLadder, stereoAudio } from '../stream-node/contract/ladder';
import type { TakeIndexLine } from '../stream-node/store/take-index';
import { NodeProcess } from '../stream-node/testing/node-process';
import { syntheticTake } from '../stream-node/testing/synthetic-take';
import { TestPublisher } from '../stream-node/testing/test-publisher';
import { TestWeb } from '../stream-node/testing/test-web';
import { makeTestMedia } from '../stream-node/transcode/test-media';
import type { Bench } from './bench-row';
import { spreadOf, spreadWords } from './measures/percentiles';

const hours = 2;
const segmentSeconds = 2;
const segmentCount = (hours * 3600) / segmentSeconds;
const samples = 10;
const frameRate = { numerator: 30, denominator: 1 };
const renditions = [...planLadder({ width: 1280, height: 720, frameRate }), commentaryAudio, stereoAudio];
const pollMs = 10;

/** From the order to end a stream until all of its recording, two hours of it, can be played. */
export const bench: Bench = {
  name: 'vod-ready',
  async run({ say }) {
    const folder = await mkdtemp(join(tmpdir(), 'zyzz-bench-vod-'));
    try {
      say('ffmpeg makes an MP4 of two hours of CMAF');
      const baseline = await remuxSeconds(folder);
      say(`ending ${samples} streams of two hours`);
      const ready = spreadOf(await readySeconds(folder, say));
      const baselineName =
        'ffmpeg: 2 h of CMAF (0.15 Mbit/s) to one MP4 with its index in front, as downloads are made elsewhere';
      return {
        rows: [
          { figure: 'stop to playable, p95', unit: 's', ours: ready.p95, baseline, baselineName, limit: 1 },
          { figure: 'stop to playable, p50', unit: 's', ours: ready.p50 },
        ],
        notes: [
          `${spreadWords(ready, 's')}. The index of ${segmentCount} segments in ${renditions.length} renditions is synthetic and cold; the last session is real.`,
          'Playable: recording.m3u8 and the media playlist of a rendition answer, and the latter is whole (EXT-X-ENDLIST).',
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function readySeconds(folder: string, say: (what: string) => void): Promise<number[]> {
  const dataDir = join(folder, 'node');
  await using web = await TestWeb.start();
  await using node = await NodeProcess.start(web, dataDir);
  const media = await makeTestMedia({
    video: { codec: 'libvpx', size: '160x90', rate: '30' },
    audio: true,
    seconds: 4,
  });
  const found: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const streamId = newId('stream');
    await writeLongTake(join(dataDir, 'recordings'), streamId);
    await web.want({ streamId });
    await using publisher = await TestPublisher.connect(node.publicUrl);
    const recorderSession = newId('recorderSession');
    await publisher.hello({ streamId, grant: await web.grant(streamId, 'publish'), recorderSession });
    await publisher.sendAll(media, Date.now());
    await web.snapshotWhere(({ streams }) =>
      streams.some((each) => each.streamId === streamId && each.state === 'live'),
    );
    const beganMs = performance.now();
    await web.want({ streamId, action: 'end' });
    await untilPlayable(`${node.publicUrl}/stream/${streamId}`);
    found.push((performance.now() - beganMs) / 1000);
    say(`${found.at(-1)?.toFixed(3)} s`);
  }
  return found;
}

async function untilPlayable(streamUrl: string): Promise<void> {
  for (;;) {
    const multivariant = await fetch(`${streamUrl}/recording.m3u8`);
    const playlist = await fetch(`${streamUrl}/audio64/recording.m3u8`);
    const [, text] = await Promise.all([multivariant.text(), playlist.text()]);
    const listed = text.match(/#EXTINF/g)?.length ?? 0;
    if (multivariant.ok && listed > segmentCount && text.includes('#EXT-X-ENDLIST')) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** What a recorder leaves of two hours: the index is written out, the media are holes of the right size. */
async function writeLongTake(recordingsFolder: string, streamId: string): Promise<void> {
  const takeId = newId('take');
  const startedAtMs = Date.now() - (hours + 1) * 3_600_000;
  const take = syntheticTake({ takeId, startedAtMs, renditions, segmentCount, segmentSeconds });
  const folder = join(recordingsFolder, streamId, takeId);
  await mkdir(folder, { recursive: true });
  const lines: TakeIndexLine[] = [
    { ...take.header, streamId },
    ...take.renditions.values(),
    ...take.segments,
    { type: 'end' },
  ];
  await writeFile(join(folder, 'index.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  for (const { id } of renditions) {
    const last = take.segments.findLast(({ renditionId }) => renditionId === id);
    const file = await open(join(folder, `${id}.mp4`), 'w');
    await file.truncate((last?.offset ?? 0) + (last?.length ?? 0));
    await file.close();
  }
}

/** How long ffmpeg takes for one file of two hours, which a product without an index of its own must make first. */
async function remuxSeconds(folder: string): Promise<number> {
  const minute = join(folder, 'minute.mp4');
  const cmaf = join(folder, 'hours.mp4');
  const lavfi = ['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=30:d=60', '-f', 'lavfi', '-i', 'sine=d=60'];
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '86k', '-g', '60', '-c:a', 'aac', '-b:a', '64k'];
  await ffmpeg([...lavfi, ...coded, minute]);
  const fragmented = ['-c', 'copy', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'];
  await ffmpeg(['-stream_loop', String(hours * 60 - 1), '-i', minute, ...fragmented, cmaf]);
  const beganMs = performance.now();
  await ffmpeg(['-i', cmaf, '-c', 'copy', '-movflags', '+faststart', join(folder, 'whole.mp4')]);
  return (performance.now() - beganMs) / 1000;
}

async function ffmpeg(args: string[]): Promise<void> {
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) {
    throw new Error(`ffmpeg ended with ${code}`);
  }
}
