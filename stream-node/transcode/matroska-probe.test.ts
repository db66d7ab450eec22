import { Readable } from 'node:stream';
import { beforeAll, expect, test, vi } from 'vitest';
import { probeMatroska } from './matroska-probe';
import { probeSource } from './source-probe';
import { makeTestMedia } from './test-media';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const frameRate = { numerator: 25, denominator: 1 };

let withPicture: Buffer;
beforeAll(async () => {
  withPicture = await makeTestMedia({
    video: { codec: 'libvpx', size: '144x256', rate: '25' },
    audio: true,
    seconds: 1,
  });
});

test('a recording is told without ffprobe, and told alike', async () => {
  const videos = [
    { codec: 'libvpx', size: '144x256', rate: '25' },
    { codec: 'libx264', size: '160x90', rate: '25' },
  ] as const;
  for (const video of videos) {
    const media = video.codec === 'libvpx' ? withPicture : await makeTestMedia({ video, audio: true, seconds: 1 });
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

test('what is unusual is left to ffprobe, and no bytes do harm', () => {
  const media = withPicture;
  expect(probeMatroska(media)).toBeNull();
  expect(probeMatroska(Buffer.alloc(5000, 7))).toBeNull();
  for (let length = 0; length < 1500; length += 7) {
    const found = probeMatroska(media.subarray(0, length), { frameRate });
    expect(found === null || found.video !== undefined || found.audio !== undefined).toBe(true);
  }
});

test('where neither the recorder nor the camera names a rate, none is looked for', () => {
  const media = Buffer.from(withPicture);
  const defaultDuration = media.indexOf(Buffer.from('23e383', 'hex'));
  const payloadBytes = (media[defaultDuration + 3] ?? 0) & 0x7f;
  // A Void as long as the whole element (RFC 8794, 11.3.1): browsers leave it out.
  media.set([0xec, 0x40, payloadBytes + 1], defaultDuration);
  expect(probeMatroska(media)?.video).toMatchObject({ codec: 'vp8', frameRate: { numerator: 30, denominator: 1 } });
});
