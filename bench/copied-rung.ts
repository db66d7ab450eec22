import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newId } from '../stream-node/contract/ids';
import { NodeProcess } from '../stream-node/testing/node-process';
import { RtmpEncoder } from '../stream-node/testing/rtmp-encoder';
import { TestWeb } from '../stream-node/testing/test-web';
import type { Bench } from './bench-row';
import { cpuMsOf } from './measures/process-cost';

const run = promisify(execFile);

/** Sent at the speed it plays at, as an encoder does. */
const seconds = 15;
/** Frames between keyframes: two seconds fit, as OBS sets them for most services; a second and a half does not. */
const gopFrames = { copied: 60, encoded: 45 } as const;

/** What it saves to copy the best rung of an encoder that fits, beside encoding the very same pictures again. */
export const bench: Bench = {
  name: 'copied-rung',
  async run({ say }) {
    const folder = await mkdtemp(join(tmpdir(), 'zyzz-bench-copy-'));
    try {
      const costMs = { copied: 0, encoded: 0 };
      for (const way of ['encoded', 'copied'] as const) {
        say(`making ${seconds} s of 720p, a keyframe every ${gopFrames[way]} frames`);
        const path = join(folder, `${way}.flv`);
        await writeFlv(path, gopFrames[way]);
        say(`the best of three rungs is ${way}`);
        costMs[way] = (await costOf(path, join(folder, way), way)) / seconds;
      }
      const ladder = '720p, 480p, 360p and the sound';
      return {
        rows: [
          {
            ...{ figure: 'CPU for a second of an encoder, 720p copied', unit: 'ms', ours: costMs.copied },
            ...{ baseline: costMs.encoded, baselineName: '720p encoded again', ratioLimit: 0.8 },
          },
        ],
        notes: [
          `Node, ffprobe and ffmpeg for ${seconds} s of 2.4 Mbit/s of noise by RTMP, made into ${ladder}; saved: ${Math.round(costMs.encoded - costMs.copied)} ms a second.`,
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** As OBS sends it with `tune zerolatency`, keyframes and a constant rate: every bit of it is spent. */
async function writeFlv(path: string, gop: number): Promise<void> {
  const picture = `color=black:s=1280x720:r=30:d=${seconds},noise=alls=100:allf=t`;
  await run('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', picture],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
    ...['-g', String(gop), '-sc_threshold', '0', '-b:v', '2400k', '-maxrate', '2400k', '-bufsize', '2400k'],
    ...['-c:a', 'aac', '-b:a', '128k', '-f', 'flv', path],
  ]);
}

/** Processor milliseconds of a node, and of all it starts, from before an encoder comes until its stream has ended. */
async function costOf(path: string, dataDir: string, expected: 'copied' | 'encoded'): Promise<number> {
  await using web = await TestWeb.start();
  await using node = await NodeProcess.start(web, dataDir, 0, { RTMP_PORT: '0' });
  const { rtmpUrl } = await web.snapshotWhere((snapshot) => snapshot.rtmpUrl !== null);
  const streamId = newId('stream');
  const streamKey = `sk_a-key-of-${streamId}`;
  await web.want({ streamId });
  await web.giveKey(streamId, streamKey);
  const before = cpuMsOf(node.processId, { withChildren: true });
  await using encoder = RtmpEncoder.push(path, `${rtmpUrl}/${streamKey}`);
  const isIn = (wanted: string) => web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === wanted));
  await isIn('interrupted');
  await web.want({ streamId, action: 'end' });
  const { takes } = await isIn('ended');
  const cost = cpuMsOf(node.processId, { withChildren: true }) - before;
  if ((await encoder.exited) !== 0) {
    throw new Error(`the encoder failed: ${encoder.stderr}`);
  }
  if (!takes.every(({ durationSeconds }) => durationSeconds > seconds - 0.1)) {
    throw new Error('not all of it is in the recording');
  }
  const codecs = await (await fetch(`${node.publicUrl}/stream/${streamId}/recording.m3u8`)).text();
  // The source is of High profile, and what the node encodes of Main.
  const found = codecs.includes('avc1.6400') ? 'copied' : 'encoded';
  if (found !== expected) {
    throw new Error(`the best rung was ${found}, not ${expected}`);
  }
  return cost;
}
