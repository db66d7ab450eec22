import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { probeMatroska } from './matroska-probe';
import { probeSource } from './source-probe';
import { makeTestMedia } from './test-media';

vi.setConfig({ testTimeout: 60_000 });

const frameRate = { numerator: 25, denominator: 1 };

test('a recording is told without ffprobe, and told alike', async () => {
  const videos = [
    { codec: 'libvpx', size: '144x256', rate: '25' },
    { codec: 'libx264', size: '160x90', rate: '25' },
  ] as const;
  for (const video of videos) {
    const media = await makeTestMedia({ video, audio: true, seconds: 1 });
    // Without a hint of the rate it is ffprobe that tells.
    const request = { container: 'matroska', hasVideo: true, hasAudio: true, ffprobePath: 'ffprobe' } as const;
    const { probed } = await probeSource({ ...request, bytes: Readable.from([media], { objectMode: false }) });
    const found = probeMatroska(media, { frameRate });
    expect(found).not.toBeNull();
    expect(probed).toMatchObject(found ?? {});
  }
  const soundOnly = await makeTestMedia({ audio: true, seconds: 1 });
  expect(probeMatroska(soundOnly)).toEqual({
    audio: { codec: 'opus', channels: 1, sampleRate: 48_000, startSeconds: expect.any(Number) },
  });
});

test('what is unusual is left to ffprobe, and no bytes do harm', async () => {
  const media = await makeTestMedia({
    video: { codec: 'libvpx', size: '144x256', rate: '25' },
    audio: true,
    seconds: 1,
  });
  expect(probeMatroska(media)).toBeNull();
  expect(probeMatroska(Buffer.alloc(5000, 7))).toBeNull();
  for (let length = 0; length < 1500; length += 7) {
    const found = probeMatroska(media.subarray(0, length), { frameRate });
    expect(found === null || found.video !== undefined || found.audio !== undefined).toBe(true);
  }
});
