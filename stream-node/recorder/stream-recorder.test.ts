import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commentaryAudio, type Rendition, type VideoRendition } from '../contract/ladder';
import { videoCutPlan } from '../contract/profiles';
import { StreamPackager } from '../packager/stream-packager';
import { outputTsOffsetSeconds, syntheticFragments, syntheticInit } from '../packager/synthetic-fragments';
import { Timeline } from '../packager/timeline';
import { Recordings } from '../store/recordings';
import { StreamRecorder } from './stream-recorder';

const streamId = 'str_123456789';
const startMs = 1_700_000_000_000;
const video: VideoRendition = {
  kind: 'video',
  id: '360p',
  width: 640,
  height: 360,
  frameRate: { numerator: 30, denominator: 1 },
  bitrate: 700_000,
};
const renditions = [video, commentaryAudio];
const cut = videoCutPlan('balanced', video.frameRate);

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'zyzz-recorder-'));
  const packager = new StreamPackager({
    cut,
    renditions,
    dvrWindowSeconds: 60,
    windowBytesMax: 1e9,
    uriPrefix: 'boot1',
  });
  onTestFinished(async () => {
    packager[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const recordings = await Recordings.open({ folder });
  const failures: string[] = [];
  const record = () =>
    new StreamRecorder({
      packager,
      recordings,
      streamId,
      epoch: 3,
      recorderSession: 'rec_123456789',
      originSeconds: outputTsOffsetSeconds,
      onFailed: ({ code }) => failures.push(code),
    });
  return { packager, recordings, record, failures };
}

function publish(packager: StreamPackager, sessionIndex: number, seconds: number): void {
  const firstSampleEventTimeMs = startMs + sessionIndex * 60_000;
  packager.startSession({ sessionIndex, timeline: new Timeline({ firstSampleEventTimeMs, outputTsOffsetSeconds }) });
  for (const rendition of renditions) {
    packager.pushInit(rendition.id, syntheticInit(rendition));
    for (const fragment of syntheticFragments(rendition, cut, { seconds })) {
      packager.pushFragment(rendition.id, fragment);
    }
  }
  packager.finishSession();
}

test('a session becomes a take with every segment of every rendition, byte for byte', async () => {
  const { packager, recordings, record, failures } = await setUp();
  await using recorder = record();
  publish(packager, 0, 5);
  await recorder.finish();
  const [take] = await recordings.takesOf(streamId);
  expect(take).toMatchObject({
    header: { takeId: recorder.takeId, epoch: 3, startedAtMs: startMs },
    closed: true,
  });
  expect(take?.renditions.get('360p')).toMatchObject({ codec: syntheticInit(video).track.codec, initBytes: 12 });
  const window = packager.window('360p');
  const live = window?.snapshot().segments.map(({ uri }) => window.segmentBytes(uri) ?? Buffer.alloc(0)) ?? [];
  const recorded = await readFile(recordings.takeFile(streamId, recorder.takeId, '360p'));
  expect(recorded).toEqual(Buffer.concat([syntheticInit(video).bytes, ...live]));
  expect(failures).toEqual([]);
});

test('a take is observed with its length, and as closed only at its end', async () => {
  const { packager, recordings, record } = await setUp();
  const recorder = record();
  expect(recorder.observed()).toBeNull();
  publish(packager, 0, 5);
  await recorder.finish();
  expect(recorder.observed()).toMatchObject({ streamId, takeId: recorder.takeId, epoch: 3, closed: true });
  expect(recorder.observed()?.durationSeconds).toBeCloseTo(5, 1);
  expect(await recordings.observedTakesOf(streamId)).toEqual([recorder.observed()]);
});

test('a take is of all its renditions up to one moment, and one that is never heard holds it up for some segments only', async () => {
  const { packager, recordings, record } = await setUp();
  const recorder = record();
  packager.startSession({
    sessionIndex: 0,
    timeline: new Timeline({ firstSampleEventTimeMs: startMs, outputTsOffsetSeconds }),
  });
  const push = (rendition: Rendition, seconds: number) => {
    packager.pushInit(rendition.id, syntheticInit(rendition));
    for (const fragment of syntheticFragments(rendition, cut, { seconds })) {
      packager.pushFragment(rendition.id, fragment);
    }
  };
  const stored = async () =>
    (await recordings.takesOf(streamId)).flatMap(({ segments }) =>
      segments.map(({ renditionId, mediaSequence }) => `${renditionId} ${mediaSequence}`),
    );
  push(video, 11);
  await vi.waitFor(async () => expect(await stored()).toEqual(['360p 0']));
  push(commentaryAudio, 7);
  const rows = ['360p 0', 'audio64 0', '360p 1', 'audio64 1', '360p 2', 'audio64 2'];
  await vi.waitFor(async () => expect(await stored()).toEqual(rows));
  packager.finishSession();
  await recorder.finish();
  expect(await stored()).toEqual([...rows, '360p 3', 'audio64 3', '360p 4', '360p 5']);
  expect(await recordings.takesOf(streamId)).toMatchObject([{ header: { startedAtMs: startMs } }]);
});

test('the next session is a take of its own', async () => {
  const { packager, recordings, record } = await setUp();
  for (const sessionIndex of [0, 1]) {
    await using _recorder = record();
    publish(packager, sessionIndex, 3);
  }
  const takes = await recordings.takesOf(streamId);
  expect(takes.map(({ header, segments }) => [header.startedAtMs, segments.length])).toEqual([
    [startMs, 4],
    [startMs + 60_000, 4],
  ]);
});

test('nothing that is published after the finish is in the take', async () => {
  const { packager, recordings, record } = await setUp();
  const recorder = record();
  publish(packager, 0, 3);
  const finishing = recorder.finish();
  publish(packager, 1, 3);
  await finishing;
  expect(await recordings.takesOf(streamId)).toMatchObject([{ segments: { length: 4 } }]);
});

test('a session without a segment leaves no take', async () => {
  const { packager, recordings, record } = await setUp();
  await using recorder = record();
  publish(packager, 0, 0);
  await recorder.finish();
  expect(await recordings.streamIds()).toEqual([]);
});
