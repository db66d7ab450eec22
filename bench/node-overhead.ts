import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '../stream-node/contract/ids';
import { metricValue } from '../stream-node/contract/metrics-text';
import { MatroskaClock } from '../stream-node/ingest/matroska-clock';
import { encodersOf } from '../stream-node/testing/child-processes';
import { NodeProcess } from '../stream-node/testing/node-process';
import { TestPublisher } from '../stream-node/testing/test-publisher';
import { TestWeb } from '../stream-node/testing/test-web';
import { makeTestMedia } from '../stream-node/transcode/test-media';
import type { Bench } from './bench-row';
import { argumentsOf, cpuMsOf, residentBytesOf } from './measures/process-cost';

const seconds = 60;
/** What a page sends at once: an eighth of a second. */
const chunkMs = 120;

/** What a live stream costs beside the encoding that any server would have to do. */
export const bench: Bench = {
  name: 'node-overhead',
  async run({ say }) {
    say(`making ${seconds} s of 720p`);
    const media = await makeTestMedia({
      ...{ video: { codec: 'libx264', size: '1280x720', rate: '30', noise: true }, audio: true, seconds },
    });
    say('a live stream of three rungs and its sound, in real time');
    const node = await liveStream(media);
    say('the same ffmpeg by itself');
    const bare = await bareFfmpeg(node.encoderArguments, media);
    const perSecond = (cpuMs: number) => cpuMs / seconds;
    return {
      rows: [
        {
          ...{ figure: 'CPU for a second of a stream', unit: 'ms', ours: perSecond(node.cpuMs) },
          ...{ baseline: perSecond(bare), baselineName: 'ffmpeg, the same arguments, to null', ratioLimit: 1.15 },
        },
      ],
      notes: [
        `Node, ffprobe and ffmpeg: ${(node.cpuMs / 1000).toFixed(1)} s for ${seconds} s of media; the node's own process ${(node.ownCpuMs / 1000).toFixed(1)} s.`,
        `Window ${megabytes(node.windowBytes)}, resident memory of the node ${megabytes(node.addedBytes)} more than before the stream: no measure yet, for what its start took is let go of meanwhile.`,
      ],
    };
  },
};

async function liveStream(media: Buffer) {
  const dataDir = await mkdtemp(join(tmpdir(), 'zyzz-bench-node-'));
  try {
    await using web = await TestWeb.start();
    await using node = await NodeProcess.start(web, dataDir);
    const streamId = newId('stream');
    await web.want({ streamId });
    await using publisher = await TestPublisher.connect(node.publicUrl);
    const grant = await web.grant(streamId, 'publish');
    await publisher.hello({ streamId, grant, recorderSession: newId('recorderSession') });
    publisher.send({ type: 'clock', offsetMs: 0, roundTripMs: 1 });
    const before = { ...costs(node.processId), bytes: residentBytesOf(node.processId) };
    const chunkBytes = Math.ceil((media.byteLength * chunkMs) / (seconds * 1000));
    const startedAtMs = Date.now();
    const clock = new MatroskaClock();
    let encoderArguments: string[] = [];
    let lastSequence = -1;
    for (let at = 0; at < media.byteLength; at += chunkBytes) {
      const bytes = media.subarray(at, at + chunkBytes);
      const { firstMs, newestMs } = clock.feed(bytes);
      const waitMs = startedAtMs + (newestMs ?? 0) - Date.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
      lastSequence += 1;
      publisher.chunk(lastSequence, startedAtMs + (firstMs ?? newestMs ?? 0), bytes);
      const [encoder] = encoderArguments.length === 0 ? await encodersOf(node.processId) : [];
      encoderArguments = encoder === undefined ? encoderArguments : argumentsOf(encoder);
    }
    const addedBytes = residentBytesOf(node.processId) - before.bytes;
    const figures = await (await fetch(`${node.publicUrl}/metrics`)).text();
    publisher.send({ type: 'finish', lastSequence });
    await publisher.next(({ type }) => type === 'finished');
    await web.want({ streamId, action: 'end' });
    await web.snapshotWhere(({ streams }) => streams.some(({ state }) => state === 'ended'));
    const after = costs(node.processId);
    return {
      encoderArguments,
      addedBytes,
      windowBytes: metricValue(figures, 'zyzz_node_window_bytes') ?? Number.NaN,
      cpuMs: after.cpuMs - before.cpuMs,
      ownCpuMs: after.ownCpuMs - before.ownCpuMs,
    };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function costs(processId: number): { cpuMs: number; ownCpuMs: number } {
  return { cpuMs: cpuMsOf(processId, { withChildren: true }), ownCpuMs: cpuMsOf(processId) };
}

/** Processor milliseconds of ffmpeg with these arguments, but for its outputs, which go nowhere. */
async function bareFfmpeg(wanted: readonly string[], media: Buffer): Promise<number> {
  const args = wanted.map((argument, index) => {
    if (wanted[index - 1] === '-loglevel') {
      // Its own count of processor time is information, no warning.
      return 'info';
    }
    const isFormat = wanted[index - 1] === '-f' && argument === 'mp4';
    return isFormat ? 'null' : argument.replace(/^unix:.*/, '-');
  });
  if (!args.includes('null')) {
    throw new Error('the encoder of the node was not seen');
  }
  const child = spawn('ffmpeg', ['-benchmark', ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (slice: Buffer) => {
    said += slice.toString();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(media);
  const [code] = await once(child, 'close');
  const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(said) ?? [];
  if (code !== 0 || user === undefined) {
    throw new Error(`ffmpeg by itself ended with ${code}: ${said.slice(-500)}`);
  }
  return (Number(user) + Number(system)) * 1000;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
