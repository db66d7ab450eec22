import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { newId } from '../contract/ids';
import { type DownloadsWork, lentTakesPath, type TrimRange } from '../contract/jobs';
import { commentaryAudio } from '../contract/ladder';
import type { PlayableStream } from '../origin/playable-stream';
import { madeFilesFolder } from '../store/made-files';
import { Recordings } from '../store/recordings';
import { OriginServer } from '../testing/origin-server';
import { recordRealTake, takeMarkSeconds } from '../testing/real-take';
import { HopelessJob } from './job-worker';
import { lendTake } from './lend-take';
import { nodeWork } from './node-work';

vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 });

const run = promisify(execFile);
const startedAtMs = 1_700_000_000_000;
const streamId = newId('stream');
const diskLimits = { warnBytes: 0, refuseBytes: 0 };
const untrimmed: TrimRange = { startMs: null, endMs: null };

let recordingsFolder: string;
let recordings: Recordings;
let takeIds: string[];
let origin: OriginServer;
let made: Awaited<ReturnType<typeof make>>;

beforeAll(async () => {
  recordingsFolder = await mkdtemp(join(tmpdir(), 'zyzz-made-'));
  recordings = await Recordings.open({ folder: recordingsFolder });
  takeIds = [
    await recordRealTake(recordings, streamId, { startedAtMs, seconds: 4 }),
    await recordRealTake(recordings, streamId, { startedAtMs: startedAtMs + 60_000, seconds: 3 }),
  ];
  const stream: PlayableStream = {
    ...{ streamId, epoch: 1, visibility: 'public', state: 'ended', renditions: [] },
    window: () => undefined,
    takes: () => recordings.takesOf(streamId),
    takeFile: (takeId, renditionId) => recordings.takeFile(streamId, takeId, renditionId),
    madeFolder: madeFilesFolder(recordingsFolder, streamId),
  };
  origin = await OriginServer.start([stream]);
  made = await make(work());
});
afterAll(async () => {
  await origin[Symbol.asyncDispose]();
  await rm(recordingsFolder, { recursive: true, force: true });
});

const work = (changes: Partial<DownloadsWork> = {}): DownloadsWork => ({
  ...{ kind: 'downloads', streamId, title: 'Sabina’s कमेन्ट्री', takeIds, trim: untrimmed, version: newId('job') },
  ...changes,
});

const nodeSecret = 'the secret of these nodes';

async function make(asked: Parameters<ReturnType<typeof nodeWork>>[0], limits = diskLimits) {
  const progress: number[] = [];
  const doWork = nodeWork({ recordings, recordingsFolder, nodeSecret, diskLimits: limits });
  const result = await doWork(asked, (share) => progress.push(share), new AbortController().signal);
  return { result, progress };
}

/** What ffprobe sees in what a browser saves. */
async function download(file: string) {
  const { status, headers, body } = await origin.ask(`/stream/${streamId}/${file}`);
  expect(status).toBe(200);
  const url = `http://127.0.0.1:${origin.port}/stream/${streamId}/${file}`;
  const entries = 'stream=codec_type,codec_name,start_time,duration,nb_frames:format=duration';
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', url]);
  const boxes = [...body.toString('latin1').matchAll(/moov|mdat|moof/g)].map(([name]) => name);
  return { headers, body, boxes, ...JSON.parse(stdout) };
}

/** When the picture stops being black and the tone begins, again and again, in seconds. */
async function marks(file: string) {
  const url = `http://127.0.0.1:${origin.port}/stream/${streamId}/${file}`;
  const filters = ['-vf', 'blackdetect=d=0.3:pix_th=0.05', '-af', 'silencedetect=n=-30dB:d=0.3', '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', ['-hide_banner', '-i', url, ...filters]);
  const all = (pattern: RegExp) => [...stderr.matchAll(pattern)].map(([, seconds]) => Number(seconds));
  return { lit: all(/black_end:([\d.]+)/g), loud: all(/silence_end: ([\d.]+)/g) };
}

test('a recording of two takes is downloaded as plain MP4, its index in front, the takes one after the other', async () => {
  const { result, progress } = made;
  expect(result).toMatchObject({
    kind: 'downloads',
    files: [
      { renditionId: '90p', kind: 'video', file: 'download.mp4', width: 160, height: 90 },
      { renditionId: 'audio128', kind: 'audio', file: 'download.m4a', width: null },
    ],
  });
  expect(progress.at(-1)).toBe(1);
  const { headers, body, boxes, streams, format } = await download('90p/download.mp4');
  expect(headers).toMatchObject({ 'content-type': 'video/mp4', 'content-length': String(body.byteLength) });
  expect(headers['content-disposition']).toBe(
    `attachment; filename="Sabina_s _ (90p).mp4"; filename*=UTF-8''${encodeURIComponent('Sabina’s कमेन्ट्री')}%20%2890p%29.mp4`,
  );
  expect(boxes.slice(0, 2)).toEqual(['moov', 'mdat']);
  expect(boxes).not.toContain('moof');
  expect(streams.map((each: { codec_name: string }) => each.codec_name)).toEqual(['h264', 'aac']);
  expect(Number(streams[0].nb_frames)).toBe(7 * 30);
  // Sound comes in frames of its own: a take is up to two of them longer than its picture.
  expect(Math.abs(Number(format.duration) - 7)).toBeLessThan(0.1);
  const { lit, loud } = await marks('90p/download.mp4');
  expect(lit).toHaveLength(2);
  for (const [index, expected] of [takeMarkSeconds, 4 + takeMarkSeconds].entries()) {
    expect(Math.abs((lit[index] ?? 0) - expected)).toBeLessThan(0.1);
    expect(Math.abs((loud[index] ?? 0) - (lit[index] ?? 0))).toBeLessThan(0.04);
  }
  const sound = await download('audio128/download.m4a');
  expect(sound.streams).toMatchObject([{ codec_name: 'aac' }]);
  expect(sound.headers['content-disposition']).toContain('.m4a');
});

test('parts of a download are given, so that a broken one goes on', async () => {
  const { body, headers } = await origin.ask(`/stream/${streamId}/audio128/download.m4a`);
  const path = `/stream/${streamId}/audio128/download.m4a`;
  const rest = await origin.ask(path, { headers: { range: 'bytes=1000-', 'if-range': String(headers.etag) } });
  expect(rest.status).toBe(206);
  expect(rest.body).toEqual(body.subarray(1000));
  expect((await origin.ask(path, { headers: { range: `bytes=${body.byteLength}-` } })).status).toBe(416);
  const changed = await origin.ask(path, { headers: { range: 'bytes=1000-', 'if-range': '"another"' } });
  expect(changed.status).toBe(200);
});

test('what was trimmed away is in no download, and the files of before are gone', async () => {
  const trim = { startMs: startedAtMs + 1100, endMs: startedAtMs + 60_000 + 2100 };
  const asked = work({ trim });
  const { result } = await make(asked);
  const { streams } = await download('90p/download.mp4');
  expect(Number(streams[0].nb_frames)).toBe((3 + 2) * 30);
  expect(result.kind === 'downloads' && result.files[0]?.durationSeconds).toBeCloseTo(5, 5);
  const { lit, loud } = await marks('90p/download.mp4');
  // Sound is cut at its own frames, the last before the picture's: what comes first begins at zero.
  expect(Math.abs((lit.at(-1) ?? 0) - 4)).toBeLessThan(0.1);
  expect(Math.abs((loud.at(-1) ?? 0) - (lit.at(-1) ?? 0))).toBeLessThan(0.04);
  const stored = await readdir(madeFilesFolder(recordingsFolder, streamId));
  expect(stored.toSorted()).toEqual(
    ['downloads.json', `${asked.version}-90p.mp4`, `${asked.version}-audio128.m4a`].toSorted(),
  );
});

test('a take that is not here, or a disk without room, makes nothing', async () => {
  await expect(make(work({ takeIds: [newId('take')] }))).rejects.toThrow(HopelessJob);
  await expect(make(work(), { warnBytes: 1e18, refuseBytes: 1e18 })).rejects.toThrow('no room');
});

test('takes of two nodes are one download, in event-clock order; without one of them nothing is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-lent-'));
  const lender = createServer((request, response) => {
    const isLet = request.headers.authorization === `Bearer ${nodeSecret}`;
    void lendTake(folder, isLet ? (request.url?.slice(lentTakesPath.length + 1) ?? '') : '', response);
  });
  await new Promise<void>((resolve) => lender.listen(0, '127.0.0.1', resolve));
  const nodeUrl = `http://127.0.0.1:${(lender.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    lender.close();
    await rm(folder, { recursive: true, force: true });
  });
  const there = await Recordings.open({ folder });
  // What the other node has lies between the two takes that are here.
  const seconds = 2;
  const lent = await recordRealTake(there, streamId, { startedAtMs: startedAtMs + 30_000, seconds });
  const asked = work({
    takeIds: [takeIds[0] ?? '', lent, takeIds[1] ?? ''],
    elsewhere: [{ nodeUrl, takeIds: [lent], bytes: 10_000 }],
  });
  const { result } = await make(asked);
  expect(result.kind === 'downloads' && result.files[0]?.durationSeconds).toBeCloseTo(4 + seconds + 3, 5);
  const { streams } = await download('90p/download.mp4');
  expect(Number(streams[0].nb_frames)).toBe((4 + seconds + 3) * 30);
  const { lit } = await marks('90p/download.mp4');
  expect(lit.map(Math.round)).toEqual([0, 4, 4 + seconds].map((beginS) => Math.round(beginS + takeMarkSeconds)));
  const stored = await readdir(madeFilesFolder(recordingsFolder, streamId));
  expect(stored).not.toContain('borrowed');

  await rm(join(folder, streamId, lent, '90p.mp4'));
  const again = work({ takeIds: asked.takeIds, elsewhere: asked.elsewhere });
  await expect(make(again)).rejects.toThrow(
    `the take ${lent} could not be fetched from the node that has it: it answered 404`,
  );
  expect(await readdir(madeFilesFolder(recordingsFolder, streamId))).toEqual(stored);
});

test('the poster is a picture of the beginning that is not black, at most 100 kB', async () => {
  const { result } = await make({ kind: 'poster', streamId, trim: untrimmed, version: newId('job') });
  const { status, headers, body } = await origin.ask(`/stream/${streamId}/poster.jpg`);
  expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
  expect(result).toEqual({ kind: 'poster', bytes: body.byteLength });
  expect(body.byteLength).toBeLessThanOrEqual(100_000);
  const posterFile = join(madeFilesFolder(recordingsFolder, streamId), 'poster.jpg');
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-f', 'lavfi', '-show_entries', 'frame_tags=lavfi.signalstats.YAVG', '-of', 'csv=p=0'],
    `movie=${posterFile},signalstats`,
  ]);
  expect(Number(stdout.trim())).toBeGreaterThan(50);
});

test('a recording of sound alone has no poster, and its sound is downloaded', async () => {
  const voiceId = newId('stream');
  const renditions = [commentaryAudio];
  const takeId = await recordRealTake(recordings, voiceId, { startedAtMs, seconds: 2, renditions });
  const none = await make({ kind: 'poster', streamId: voiceId, trim: untrimmed, version: newId('job') });
  expect(none.result).toEqual({ kind: 'poster', bytes: null });
  const { result } = await make(work({ streamId: voiceId, takeIds: [takeId] }));
  expect(result).toMatchObject({ files: [{ renditionId: 'audio64', file: 'download.m4a' }] });
  await recordings.delete(voiceId);
  await expect(stat(madeFilesFolder(recordingsFolder, voiceId))).rejects.toThrow('ENOENT');
});
