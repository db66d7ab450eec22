import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { LatencyProfile } from '../contract/profiles';
import { type FfmpegAbilities, prepareFfmpeg } from './ffmpeg-abilities';
import { framesPerSecond } from './frame-rate';
import { probeSource } from './source-probe';
import {
  makeTestMedia,
  markSeconds,
  readPackets,
  type TestMediaOptions,
  toneStartSeconds,
  topLevelBoxes,
  whiteStartSeconds,
} from './test-media';
import { leastOutputOffsetSeconds, planTranscode, type TranscodePlan } from './transcode-plan';
import { Transcoder } from './transcoder';

// Real encoders on a machine that others use too: slow is no fault, a hang is.
vi.setConfig({ testTimeout: 60_000 });

/** More than a Unix socket holds (`net.core.wmem_default`): an output of this size would block if it were not drained. */
const socketBufferBytes = 212_992;

let abilities: FfmpegAbilities;
beforeAll(async () => {
  abilities = await prepareFfmpeg('ffmpeg');
});

async function plan(media: Buffer, options: TestMediaOptions, profile: LatencyProfile = 'balanced') {
  const { probed, bytes } = await probeSource({
    bytes: Readable.from([media], { objectMode: false }),
    container: 'matroska',
    hasVideo: options.video !== undefined,
    hasAudio: options.audio === true,
    ffprobePath: 'ffprobe',
  });
  return { bytes, plan: planTranscode({ container: 'matroska', probed, profile }) };
}

async function transcodeWhole(options: TestMediaOptions, profile: LatencyProfile = 'balanced') {
  const media = await makeTestMedia(options);
  const planned = await plan(media, options, profile);
  const transcoder = await Transcoder.start({ ...planned, abilities });
  const outputs = new Map<string, Buffer>();
  await Promise.all(
    transcoder.outputs.map(async ({ rendition, stream }) => {
      outputs.set(rendition.id, await buffer(stream));
    }),
  );
  return { plan: planned.plan, outputs, end: await transcoder.ended };
}

function output(outputs: Map<string, Buffer>, id: string): Buffer {
  return outputs.get(id) ?? Buffer.alloc(0);
}

/** Every fragment starts a part; a keyframe sits on each multiple of the GOP and nowhere else. */
async function expectGrid(mp4: Buffer, { cut, video }: TranscodePlan, seconds: number) {
  const fps = framesPerSecond(video[0]?.frameRate ?? { numerator: 0, denominator: 1 });
  const packets = await readPackets(mp4);
  expect(packets[0]?.ptsSeconds).toBeCloseTo(leastOutputOffsetSeconds, 5);
  expect(Math.abs(packets.length - seconds * fps)).toBeLessThanOrEqual(1);
  packets.forEach((packet, index) => {
    expect(packet.ptsSeconds).toBeCloseTo(leastOutputOffsetSeconds + index / fps, 4);
    expect(packet.keyframe).toBe(index % cut.gopFrames === 0);
  });
  const fragments = topLevelBoxes(mp4).filter((name) => name === 'moof').length;
  expect(fragments).toBe(Math.ceil(packets.length / cut.videoPartFrames));
}

describe('a session is put out whole, in time and on the grid', () => {
  test.each([
    {
      name: 'VP8 and Opus at 30 fps',
      video: { codec: 'libvpx', size: '640x360', rate: '30' },
      rungs: ['360p', '240p'],
    },
    {
      name: 'H.264 and Opus at 25 fps',
      video: { codec: 'libx264', size: '426x240', rate: '25' },
      rungs: ['240p', '144p'],
    },
    {
      name: 'a portrait picture at 29.97 fps',
      video: { codec: 'libx264', size: '144x256', rate: '30000/1001' },
      rungs: ['144p'],
    },
  ] as const)('$name', async ({ video, rungs }) => {
    const { plan, outputs, end } = await transcodeWhole({ video, audio: true, seconds: 2 });
    expect(end).toEqual({ reason: 'finished', message: 'the source ended' });
    expect([...outputs.keys()].sort()).toEqual([...rungs, 'audio128', 'audio64'].sort());
    const originSeconds = leastOutputOffsetSeconds + plan.gridShiftSeconds;
    for (const rung of rungs) {
      await expectGrid(output(outputs, rung), plan, 2);
      const frameSeconds = 1 / framesPerSecond(plan.video[0]?.frameRate ?? never());
      const white = (await whiteStartSeconds(output(outputs, rung))) - originSeconds;
      expect(Math.abs(white - markSeconds)).toBeLessThanOrEqual(frameSeconds);
    }
    for (const id of ['audio64', 'audio128']) {
      const tone = (await toneStartSeconds(output(outputs, id))) - originSeconds;
      expect(Math.abs(tone - markSeconds)).toBeLessThan(0.005);
      const packets = await readPackets(output(outputs, id));
      expect(packets.at(-1)?.ptsSeconds).toBeGreaterThan(leastOutputOffsetSeconds + 2 - 0.06);
    }
  });

  test('the lowest-latency profile cuts parts of 6 frames at 30 fps', async () => {
    const video = { codec: 'libx264', size: '256x144', rate: '30' } as const;
    const { plan, outputs } = await transcodeWhole({ video, audio: true, seconds: 2 }, 'lowest-latency');
    expect(plan.cut.videoPartFrames).toBe(6);
    await expectGrid(output(outputs, '144p'), plan, 2);
    const audioFragments = topLevelBoxes(output(outputs, 'audio64')).filter((name) => name === 'moof').length;
    const audioFrames = (await readPackets(output(outputs, 'audio64'))).length;
    expect(audioFragments).toBe(Math.ceil(audioFrames / plan.cut.audioPartFrames));
  });

  test('sound alone gives the mono commentary alone', async () => {
    const { outputs, end } = await transcodeWhole({ audio: true, seconds: 2 });
    expect(end.reason).toBe('finished');
    expect([...outputs.keys()]).toEqual(['audio64']);
    expect((await toneStartSeconds(output(outputs, 'audio64'))) - leastOutputOffsetSeconds).toBeCloseTo(markSeconds, 2);
  });

  test('a picture without sound gives its rungs alone', async () => {
    const video = { codec: 'libvpx', size: '160x90', rate: '30' } as const;
    const { outputs, end } = await transcodeWhole({ video, seconds: 1 });
    expect(end.reason).toBe('finished');
    expect([...outputs.keys()]).toEqual(['90p']);
  });
});

describe('the process behind a session', () => {
  const video = { codec: 'libvpx', size: '256x144', rate: '30' } as const;

  test('parts come while the source is open, and the end of the source flushes the rest within a second', async () => {
    const options: TestMediaOptions = { video, audio: true, seconds: 2 };
    const media = await makeTestMedia(options);
    const { plan: planned } = await plan(media, options);
    const bytes = new PassThrough();
    const transcoder = await Transcoder.start({ bytes, plan: planned, abilities });
    const startedMs = performance.now();
    bytes.write(media);
    const [rung] = transcoder.outputs;
    let received = Buffer.alloc(0);
    await new Promise<void>((resolve) => {
      rung?.stream.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (topLevelBoxes(received).includes('moof')) {
          resolve();
        }
      });
    });
    expect(performance.now() - startedMs).toBeLessThan(2000);
    const endedMs = performance.now();
    bytes.end();
    expect((await transcoder.ended).reason).toBe('finished');
    expect(performance.now() - endedMs).toBeLessThan(1000);
    expect((await readPackets(received)).length).toBe(60);
  });

  test('no output is read by anybody, and still the session runs to its end', async () => {
    const options: TestMediaOptions = { video: { ...video, size: '640x360', noise: true }, audio: true, seconds: 3 };
    const planned = await plan(await makeTestMedia(options), options);
    const transcoder = await Transcoder.start({ ...planned, abilities });
    expect((await transcoder.ended).reason).toBe('finished');
    const unread = transcoder.outputs.map(({ stream }) => stream.readableLength);
    expect(Math.max(...unread)).toBeGreaterThan(socketBufferBytes);
    expect(Math.min(...unread)).toBeGreaterThan(0);
  });

  test('garbage fails with a sentence, and every output ends', async () => {
    const options: TestMediaOptions = { video, audio: true, seconds: 1 };
    const { plan: planned } = await plan(await makeTestMedia(options), options);
    const garbage = Readable.from([Buffer.alloc(50_000, 'not media ')], { objectMode: false });
    const transcoder = await Transcoder.start({ bytes: garbage, plan: planned, abilities });
    const all = Promise.all(transcoder.outputs.map(({ stream }) => buffer(stream)));
    expect(await transcoder.ended).toEqual({
      reason: 'failed',
      message: 'the media could not be read: it is not what it was announced as, or it is damaged',
    });
    expect((await all).every((bytes) => bytes.byteLength === 0)).toBe(true);
  });

  test('close kills ffmpeg, removes its folder and leaves no process', async () => {
    const options: TestMediaOptions = { video, audio: true, seconds: 1 };
    const { plan: planned } = await plan(await makeTestMedia(options), options);
    const bytes = new PassThrough();
    const transcoder = await Transcoder.start({ bytes, plan: planned, abilities });
    const { folder } = transcoder;
    expect(existsSync(folder)).toBe(true);
    await transcoder.close();
    expect((await transcoder.ended).reason).toBe('killed');
    expect(existsSync(folder)).toBe(false);
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
    expect(stdout).not.toContain(folder);
  });

  test('an ffmpeg that puts out nothing while media waits is given up', async () => {
    const options: TestMediaOptions = { audio: true, seconds: 1 };
    const { plan: planned } = await plan(await makeTestMedia(options), options);
    const bytes = new PassThrough();
    const transcoder = await Transcoder.start({ bytes, plan: planned, abilities, noOutputTimeoutMs: 400 });
    // An EBML header that promises more than it holds: ffmpeg reads on and never finds a track.
    bytes.write(Buffer.from('1a45dfa3a342868101', 'hex'));
    const trickle = setInterval(() => bytes.write(Buffer.from([0xec, 0x81, 0])), 50);
    const end = await transcoder.ended;
    clearInterval(trickle);
    expect(end).toEqual({ reason: 'failed', message: 'ffmpeg put out nothing for 0.4 s while media arrived' });
  });
});

function never(): never {
  throw new Error('no picture was planned');
}
