import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { probeSource, SourceProbeError } from './source-probe';
import { makeTestMedia } from './test-media';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let webm: Buffer;
beforeAll(async () => {
  webm = await makeTestMedia({ video: { codec: 'libvpx', size: '144x256', rate: '25' }, audio: true, seconds: 1 });
});

const request = { container: 'matroska', hasVideo: true, hasAudio: true, ffprobePath: 'ffprobe' } as const;
const readable = (...pieces: Uint8Array[]) => Readable.from(pieces, { objectMode: false });

describe('the first bytes of a source', () => {
  test('tell its tracks, and the whole source is handed on from its first byte', async () => {
    const { probed, bytes } = await probeSource({
      ...request,
      bytes: readable(webm.subarray(0, 3000), webm.subarray(3000)),
    });
    expect(probed).toEqual({
      video: {
        codec: 'vp8',
        width: 144,
        height: 256,
        frameRate: { numerator: 25, denominator: 1 },
        frameSeconds: expect.any(Array),
        isPlain: true,
      },
      audio: { codec: 'opus', channels: 1, sampleRate: 48_000, startSeconds: expect.any(Number) },
    });
    expect(probed.video?.frameSeconds.slice(0, 3)).toEqual([0.007, 0.047, 0.087]);
    expect(await buffer(bytes)).toEqual(webm);
  });

  test('suffice when no more come: the source stays open', async () => {
    const source = new PassThrough();
    source.write(webm.subarray(0, 3000));
    const { probed, bytes } = await probeSource({ ...request, bytes: source });
    expect(probed.video?.codec).toBe('vp8');
    const rest = buffer(bytes);
    source.end(webm.subarray(3000));
    expect(await rest).toEqual(webm);
  });

  test('may be too few: more are waited for', async () => {
    const source = new PassThrough();
    source.write(webm.subarray(0, 100));
    const found = probeSource({ ...request, bytes: source, waitMs: 30_000 });
    source.end(webm.subarray(100));
    const { probed, bytes } = await found;
    expect(probed.audio?.codec).toBe('opus');
    expect(await buffer(bytes)).toEqual(webm);
  });

  test('of a source that lacks an announced track: what is there, after the wait and not before', async () => {
    const soundOnly = await makeTestMedia({ audio: true, seconds: 1 });
    const source = new PassThrough();
    source.write(soundOnly);
    const { probed, bytes } = await probeSource({ ...request, bytes: source, waitMs: 200 });
    expect(Object.keys(probed)).toEqual(['audio']);
    source.end();
    expect(await buffer(bytes)).toEqual(soundOnly);
  });

  test("name no rate that can be trusted: the publisher's hint, snapped to a rate that can be cut", async () => {
    const hint = { frameRate: { numerator: 15, denominator: 1 } };
    const { probed } = await probeSource({ ...request, bytes: readable(webm), hint });
    expect(probed.video?.frameRate).toEqual({ numerator: 30, denominator: 1 });
  });
});

describe('bytes that are not the announced container', () => {
  test('garbage and nothing are refused with a sentence', async () => {
    await expect(probeSource({ ...request, bytes: readable(Buffer.alloc(5000, 7)) })).rejects.toThrow(
      'the media could not be read',
    );
    await expect(probeSource({ ...request, bytes: readable() })).rejects.toThrow(SourceProbeError);
  });

  test.each(['matroska', 'mp4'] as const)('a playlist sent as %s never opens the file it names', async (container) => {
    const folder = await mkdtemp(join(tmpdir(), 'zyzz-probe-'));
    await writeFile(join(folder, 'secret.mkv'), webm);
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${folder}/secret.mkv\n#EXT-X-ENDLIST\n`;
    const bytes = readable(Buffer.from(playlist));
    await expect(probeSource({ ...request, container, bytes })).rejects.toThrow(SourceProbeError);
    await rm(folder, { recursive: true, force: true });
  });

  test('a missing ffprobe is named', async () => {
    const bytes = readable(webm);
    await expect(probeSource({ ...request, bytes, ffprobePath: '/nowhere/ffprobe' })).rejects.toThrow(
      'ffprobe could not be started: /nowhere/ffprobe (ENOENT)',
    );
  });
});
