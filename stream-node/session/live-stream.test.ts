import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../clock';
import { usualCodecs } from '../contract/codecs';
import { newId } from '../contract/ids';
import type { DesiredStream } from '../contract/snapshots';
import { WebSocketSource } from '../ingest/websocket-source';
import { createLogger } from '../logger';
import { Recordings } from '../store/recordings';
import { SpriteMaker } from '../transcode/sprite-maker';
import { LiveStream } from './live-stream';
import type { StreamPorts } from './stream-ports';

const patience = { timeout: 30_000 };

/** A stream on a node that has nothing else; `told` is what it asks of that node. */
async function setUp(action: DesiredStream['action'], changes: Partial<StreamPorts> = {}) {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'zyzz-live-'));
  const told: string[] = [];
  const ports: StreamPorts = {
    ...{ clock: systemClock, logger: createLogger({ level: 'silent' }), dataDirectory, uriPrefix: 'a' },
    meter: { partPublished() {}, encoderRestarted() {} },
    abilities: { aacEncoder: 'aac', codecs: usualCodecs },
    ...{ ffprobePath: 'ffprobe', encoderStallMs: 10_000, windowBytesMax: 1_000_000 },
    recordings: await Recordings.open({ folder: join(dataDirectory, 'recordings'), onMalformed() {} }),
    ...{ disk: { takesRecordings: true }, sprites: new SpriteMaker() },
    journalLeft: (_streamId, session, wholeUpTo) => told.push(`left ${session}, whole up to ${wholeUpTo}`),
    journalTaken: async (_streamId, session) => void told.push(`taken ${session}`),
    streamOver: async () => {},
    refusePublisher: (_streamId, code) => told.push(`refused: ${code}`),
    changed() {},
    ...changes,
  };
  const desired: DesiredStream = {
    ...{ streamId: newId('stream'), epoch: 1, action, kind: 'audio', profile: 'balanced', record: true },
    ...{ visibility: 'public', streamKeyHash: null, dvrWindowSeconds: 60, graceSeconds: 60 },
  };
  const live = new LiveStream(desired, ports);
  onTestFinished(async () => {
    await live[Symbol.asyncDispose]();
    await rm(dataDirectory, { recursive: true, force: true });
  });
  const { streamId } = desired;
  const newSource = () =>
    WebSocketSource.open({
      ...{ epoch: 1, dataDirectory, clock: systemClock, onClosed: () => {} },
      hello: {
        ...{ streamId, recorderSession: newId('recorderSession'), mime: 'audio/webm', container: 'matroska' },
        ...{ hasVideo: false, hasAudio: true },
      },
    });
  return { live, desired, told, newSource };
}

test('a session that comes when its stream is over is closed, and its journal is not forgotten', async () => {
  const { live, desired, told, newSource } = await setUp('run');
  live.applyDesired({ ...desired, action: 'end' });
  const late = await newSource();
  live.offer(late);
  await late.closed;
  await expect.poll(() => told, patience).toContain(`left ${late.recorderSession}, whole up to null`);
});

test('a session that breaks off costs itself alone: the next one is run', async () => {
  let attempts = 0;
  const { live, told, newSource } = await setUp('pause', {
    journalTaken: async (_streamId, session) => {
      attempts += 1;
      if (attempts === 1) {
        throw new Error('EIO: i/o error, read');
      }
      told.push(`taken ${session}`);
    },
  });
  const broken = await newSource();
  live.offer(broken);
  await expect
    .poll(() => told, patience)
    .toEqual(['refused: bad_media', `left ${broken.recorderSession}, whole up to null`]);
  expect(broken.ended).toBe(true);
  const next = await newSource();
  live.offer(next);
  await expect.poll(() => told, patience).toContain(`taken ${next.recorderSession}`);
});
